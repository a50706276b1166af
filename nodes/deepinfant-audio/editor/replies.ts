/** What ../dialog.ts answers the dialog. */

export interface MicrophonesReply {
  microphones: { name: string }[];
}

/** A maker of cameras, and which fields its addresses need. */
export interface MakerChoice {
  id: string;
  name: string;
  /** User name, where it cannot be chosen. */
  user?: string;
  /** What to switch on, and where the user and password come from. */
  setUp: string;
  needsStream: boolean;
  hasChannels: boolean;
  /** Whether there is a large stream beside the small one. */
  hasLarge: boolean;
}

export interface MakersReply {
  makers: MakerChoice[];
}

export interface AddressReply {
  address: string;
}

export interface CamerasReply {
  cameras: {
    name: string;
    host: string;
    via: string;
    address?: string;
    tracks?: { kind: string; codec: string }[];
    problem?: string;
  }[];
  problems: string[];
}

export interface LevelReply {
  /** In dB of full scale. */
  levelDb: number;
}

export interface TestReply {
  sentence: string;
  /** Each audio track in words; none where there is one with one channel. */
  tracks: string[];
  /** As SVG. */
  spectrogram: string;
}

/** The replies by what the dialog asks for. */
export interface AudioReplies {
  microphones: MicrophonesReply;
  makers: MakersReply;
  address: AddressReply;
  cameras: CamerasReply;
  level: LevelReply;
  test: TestReply;
}
