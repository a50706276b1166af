/** A camera, or one stream of a server of streams, that was found. */
export interface FoundCamera {
  /** What it calls itself; printable, 80 characters at most. */
  name: string;
  /** The host that answered, as written in a URL. */
  host: string;
  via: 'onvif' | 'go2rtc' | 'frigate';
  /** Address of the stream, without user and password; absent while the camera does not give it: see `problem`. */
  address?: string;
  /** What the stream carries; absent until that is known. */
  tracks?: Track[];
  problem?: CameraProblem;
}

/** Why a camera gives no stream. */
export interface CameraProblem {
  code: 'slow' | 'wrong-login' | 'needs-login' | 'no-stream';
  /** The same, and what to do, in a sentence or two. */
  message: string;
}

/** A part of a stream. */
export interface Track {
  kind: 'audio' | 'video';
  /** Codec and rate or size, as far as they are known: 'AAC 16 kHz', 'H264 640x360'. */
  codec: string;
}

/** In characters. */
const MOST_READ = 1000;
const MOST_SHOWN = 80;

/** A name as a stranger gives it, made fit for a terminal and a page: printable, 80 characters at most. */
export function printableText(name: string): string {
  return name
    .slice(0, MOST_READ)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, MOST_SHOWN);
}
