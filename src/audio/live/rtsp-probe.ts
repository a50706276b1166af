import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { portOf, type CameraAddress } from './camera-address.js';

/** A head that is longer does not come from a camera. */
const MOST_CHARACTERS = 16_384;

/** The head of an RTSP server's response. */
export interface RtspResponse {
  status: number;
  /** Where a redirection leads. */
  location?: string;
  /** Logins that it takes, as it writes them: 'Basic realm="camera"', 'Digest realm="camera", algorithm=SHA-256, …'. */
  challenges: string[];
}

/** Whether a server accepts connections. */
export async function canConnect(
  { url }: Pick<CameraAddress, 'url'>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const socket = connect(placeOf(url));
  const deadline = setTimeout(() => {
    socket.destroy(new Error('no answer'));
  }, timeoutMs);
  try {
    await once(socket, 'connect', { signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(deadline);
    socket.on('error', () => undefined).destroy();
  }
}

/** Host and port of a URL, to connect to. */
function placeOf(url: string): { host: string; port: number } {
  const server = new URL(url);
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port: portOf(server) };
}

/** Connects to an RTSP server, over TLS where its address says so: cameras sign their certificates themselves. */
export function connectTo(url: string): Socket {
  const place = placeOf(url);
  return url.startsWith('rtsps:') ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place);
}

/**
 * Asks an RTSP server for a stream's description, without a login (RFC 2326, DESCRIBE).
 * @returns undefined when it does not answer in time, or not in RTSP
 */
export async function describeRtsp(
  { url }: Pick<CameraAddress, 'url'>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RtspResponse | undefined> {
  const socket = connectTo(url);
  // Not AbortSignal.timeout in AbortSignal.any: Node 20 may collect it as garbage before its time.
  const deadline = setTimeout(() => {
    socket.destroy();
  }, timeoutMs);
  let head = '';
  try {
    const closed = once(socket, 'close', { signal });
    // `closed` rejects with it.
    socket.on('error', () => undefined);
    socket.setEncoding('latin1');
    socket.write(
      `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: DeepInfant\r\n\r\n`,
    );
    socket.on('data', (text: string) => {
      head += text;
      if (head.includes('\r\n\r\n') || head.length > MOST_CHARACTERS) socket.destroy();
    });
    await closed;
  } catch {
    return undefined;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
  return readResponse(head);
}

/** Reads the head of a response; undefined for what is not RTSP. */
export function readResponse(text: string): RtspResponse | undefined {
  const [first, ...lines] = text.slice(0, MOST_CHARACTERS).split('\r\n\r\n', 1)[0].split('\r\n');
  const status = /^RTSP\/\d\.\d (\d{3})\b/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const valuesOf = (header: string): string[] =>
    lines
      .filter(line => line.toLowerCase().startsWith(`${header}:`))
      .map(line => line.slice(header.length + 1).trim());
  const [location] = valuesOf('location');
  return { status: Number(status), location, challenges: valuesOf('www-authenticate') };
}
