import { redact, type CameraAddress } from './camera-address.js';
import type { CaptureEnd } from './capture.js';
import type { SourceTrouble } from '../../values.js';

/** How an ffmpeg that captured a camera ended. */
export interface FfmpegEnd {
  /** Whether any sample came. */
  heard: boolean;
  /** Its exit status; null when it was killed. */
  status: number | null;
  /** The last warnings and errors that it printed, unchanged. */
  said: string[];
  /** Why it was killed: no sample for too long, or more of them than time has passed. */
  killedFor?: 'silence' | 'haste';
}

interface Complaint {
  /** What ffmpeg 4 to 7 print, with glibc's, musl's and macOS's words for the system's errors. */
  says: RegExp;
  kind: SourceTrouble;
  /** What it means and what to do; {url} and {host} stand for the camera's, without secrets. */
  message: string;
}

/** Of what ffmpeg said, in characters: twenty lines of a thousand. */
const MOST_READ = 20_000;

/** The first that fits holds. */
const COMPLAINTS: readonly Complaint[] = [
  {
    says: /(failed:|error|returned) 40[13]\b/,
    kind: 'wrong-password',
    message:
      "The camera at {host} does not accept the user name and password. Enter those that were set for the camera itself in its app, which often differ from those of the maker's account.",
  },
  {
    says: /(failed:|error|returned) (404|410)\b/,
    kind: 'not-found',
    message:
      "The camera at {host} has no stream at {url}. The path differs by maker and model: look it up in the camera's app or manual.",
  },
  {
    says: /matches no streams|does not contain any stream/,
    kind: 'no-audio',
    message:
      "{url} has a picture but no sound. Switch the microphone on in the camera's app, or use the camera's other stream.",
  },
  {
    says: /Failed to resolve hostname/,
    kind: 'unreachable',
    message: "No device in this network is called {host}. Check the name, or enter the camera's IP address.",
  },
  {
    says: /Connection refused/,
    kind: 'unreachable',
    message:
      "Nothing listens at {host}. Check the port, and whether RTSP (or ONVIF) is switched on in the camera's app.",
  },
  {
    says: /timed out|No route to host|Host is unreachable|Network (is )?unreachable|Host is down/,
    kind: 'unreachable',
    message:
      'The camera at {host} does not answer. Check that it is switched on and in the same network, and that the address is right.',
  },
  {
    says: /\[tls @|\bTLS\b|\bSSL\b/,
    kind: 'not-a-stream',
    message:
      'An encrypted connection to {host} failed. Check the port, or try an address that begins with {plain}://.',
  },
  {
    says: /failed: 461\b/,
    kind: 'not-a-stream',
    message:
      'The camera at {host} sends its stream over neither TCP nor UDP. Switch on unicast RTSP in its settings.',
  },
  {
    says: /(failed:|error|returned) (453|5\d\d|5XX)\b/,
    kind: 'not-a-stream',
    message: 'The camera at {host} is too busy or has failed. Close its other viewers, or restart it.',
  },
  {
    says: /Invalid data found/,
    kind: 'not-a-stream',
    message:
      'Something answers at {host}, but not as a camera does. Check the port and the path. If they are right, restart the camera.',
  },
];

/** Explains to a person why there is no sound, or no more of it. */
export function explainEnd(
  { heard, status, said, killedFor }: FfmpegEnd,
  address: CameraAddress,
): CaptureEnd {
  const { host, protocol } = new URL(address.url);
  const fill = (message: string): string =>
    message
      .replaceAll('{url}', () => address.url)
      .replaceAll('{host}', () => host)
      .replaceAll('{plain}', () => protocol.replace('s:', ''));
  const text = said.join('\n').slice(0, MOST_READ);
  if (killedFor === 'haste')
    return {
      kind: 'disconnected',
      message: fill(
        '{url} sent more sound than time has passed: it is a recording, or the camera set its clock.',
      ),
    };
  if (heard)
    return {
      kind: 'disconnected',
      message: fill(
        /timed out/.test(text)
          ? 'The camera at {host} stopped sending.'
          : 'The camera at {host} closed the connection.',
      ),
    };
  // As it ends where a connection does.
  if (status === 0)
    return {
      kind: 'disconnected',
      message: fill('The camera at {host} was reached but sent no sound. Restart it if this lasts.'),
    };
  const complaint = COMPLAINTS.find(({ says }) => says.test(text));
  if (complaint) return { kind: complaint.kind, message: fill(complaint.message) };
  const first = said
    .find(line => !line.includes('[warning]'))
    ?.slice(0, MOST_READ)
    .replace(/^(\[[^\]]*\] )+/, '');
  const why = first
    ? `ffmpeg says: ${redact(first, address.password)}`
    : status === null
      ? 'ffmpeg was killed'
      : `ffmpeg ended with status ${status}`;
  return { kind: 'not-a-stream', message: fill(`{url} sends no sound: ${why}.`) };
}
