/** What the page shows, as the server sends it. */
import type { Reported } from '../reason/reported.js';
import type { Language } from '../texts/language.js';
import type { Reason, SourceState } from '../values.js';

export interface PageState {
  language: Language;
  version: string;
  /** Which rooms it hears; null where it hears all. */
  shard: ShardState | null;
  rooms: RoomState[];
  sources: SourceStateLine[];
  connections: ConnectionState[];
  /** The newest last. */
  messages: PageMessage[];
}

/** One of several services that share the rooms. */
export interface ShardState {
  /** From 1. */
  number: number;
  of: number;
  /** Its rooms that another service has not stopped hearing. */
  waiting: { room: string; why: string }[];
}

export interface RoomState {
  /** Names it in requests; '' where nobody named a baby. */
  room: string;
  title: string;
  isListening: boolean;
  /** The newest cry, in words; null before the first. */
  cry: {
    id: string;
    isRunning: boolean;
    text: string;
    /** What a caregiver said. */
    answer: Reason | null;
    /** Epoch ms of its beginning. */
    at: number;
  } | null;
  /** What a person should mend. */
  troubles: string[];
}

export interface SourceStateLine {
  source: string;
  room: string;
  /** Whether its sound is here: a satellite keeps its own. */
  hasSound: boolean;
  state: SourceState;
  /** In dB of full scale; null before the first second. */
  levelDb: number | null;
  /** Cry probability of the last step, in [0, 1]; null before the first. */
  score: number | null;
  lostS: number;
  restarts: number;
  error: string | null;
}

export interface ConnectionState {
  name: string;
  /** What is in its way. */
  trouble: string | null;
}

export interface PageMessage {
  /** Epoch ms. */
  at: number;
  what: string;
  message: string;
}

/** What `/health` answers. */
export interface Health {
  /** Whether every source is heard. */
  isReady: boolean;
}

/** What somebody says on the page about a cry. */
export interface PageAnswer {
  room: string;
  cry: string;
  reason: Reason;
}

/** Something that happened just now, of all babies of a room; or the id of such a fact, to take it back. */
export type PageFact = { room: string } & ({ kind: Reported } | { withdraw: string });
