import { redact, type CameraAddress } from './camera-address.js';
import type { CaptureEnd } from './capture.js';
import { schemesOf } from './login.js';
import type { AudioFormat, SourceTrouble } from '../../values.js';

/** How an ffmpeg that captured a camera ended. */
export interface FfmpegEnd {
  /** Whether any sample came. */
  heard: boolean;
  /** Its exit status; null when it was killed. */
  status: number | null;
  /** The last warnings and errors that it printed, unchanged, each once. */
  said: string[];
  /** The camera's audio tracks, as far as it listed them. */
  tracks: readonly AudioFormat[];
  /** The rate in Hz with which a track's sound comes. */
  rate?: { track: number; rateHz: number };
  /**
   * Why it was killed: more sound than time has passed, it was to send other tracks, or at another rate, or the camera
   * was gone during a pause.
   */
  killedFor?: 'haste' | 'absence' | 'plan' | 'rate';
}

/** A warning or error among the lines that ffmpeg prints, without addresses, which differ from run to run. */
export function readComplaint(line: string): { text: string; isError: boolean } | undefined {
  const [, level, text] = /^(?:\[[^\]]*\] )*?\[(warning|error|fatal)\] (.*)$/.exec(line) ?? [];
  return text ? { text: text.replaceAll(/ @ 0x[\da-f]+/g, ''), isError: level !== 'warning' } : undefined;
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
/** Of the names of logins, in characters. */
const MOST_SCHEMES = 200;

/** What ffmpeg says of the outputs that it can't make, after it said why. */
const GIVING_UP =
  /^(Failed|Impossible to open|Conversion failed|Error (opening|initializing|marking|while)|Cannot determine format|Guessed Channel|pipe:|Nothing was written|Output file is empty)/;

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
    says: /(failed:|error|returned) 400\b/,
    kind: 'not-a-stream',
    message:
      'The camera at {host} refuses the request for its stream (400 Bad Request). Check the path. If it is right, restart the camera.',
  },
  {
    says: /\(Audio: none[^\n]*unknown codec/,
    kind: 'not-a-stream',
    message:
      "{url} sends its sound in a format that ffmpeg does not know. Choose another one in the camera's settings, such as AAC or G.711.",
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

/** The error that ffmpeg printed last before it gave up, or warning where there was no error. */
function lastComplaint(said: readonly string[]): string | undefined {
  const complaints = said
    .flatMap(line => readComplaint(line) ?? [])
    .filter(({ text }) => !GIVING_UP.test(text));
  return (complaints.findLast(({ isError }) => isError) ?? complaints.at(-1))?.text;
}

/** Explains that nothing accepts a connection. */
export function explainUnreachable(address: CameraAddress): CaptureEnd {
  const said = ['[error] Connection timed out'];
  return explainEnd({ heard: false, status: null, said, tracks: [] }, address);
}

/**
 * Explains to a person why there is no sound, or no more of it.
 * @param challenges logins that the camera asks for, as far as they are known
 * @param track number of the audio track that was asked for, from 1
 */
export function explainEnd(
  { heard, status, said, killedFor, tracks }: FfmpegEnd,
  address: CameraAddress,
  challenges: readonly string[] = [],
  track?: number,
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
  if (heard || killedFor === 'absence')
    return {
      kind: 'disconnected',
      message: fill(
        killedFor === 'absence' || /timed out/.test(text)
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
  if (tracks.length > 0 && track !== undefined && track > tracks.length)
    return {
      kind: 'no-audio',
      message: fill(`{url} has no audio track ${track}, but ${tracks.length}. Choose another one.`),
    };
  const complaint = COMPLAINTS.find(({ says }) => says.test(text));
  if (complaint) {
    const schemes =
      complaint.kind === 'wrong-password' ? schemesOf(challenges).join(', ').slice(0, MOST_SCHEMES) : '';
    const login = schemes && ` It asks for a login by ${schemes}.`;
    return { kind: complaint.kind, message: fill(complaint.message) + login };
  }
  const last = lastComplaint(said);
  const why = last
    ? `ffmpeg says: ${redact(last, address.password)}`
    : status === null
      ? 'ffmpeg was killed'
      : `ffmpeg ended with status ${status}`;
  return { kind: 'not-a-stream', message: fill(`{url} sends no sound: ${why}.`) };
}
