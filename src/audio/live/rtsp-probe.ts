import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { portOf, type CameraAddress } from './camera-address.js';

const TIMEOUT_MS = 5000;
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

/**
 * Asks an RTSP server for a stream's description, without a login (RFC 2326, DESCRIBE).
 * @returns undefined when it does not answer in time, or not in RTSP
 */
export async function describeRtsp(
  { url }: Pick<CameraAddress, 'url'>,
  signal: AbortSignal,
): Promise<RtspResponse | undefined> {
  const server = new URL(url);
  const at = { host: server.hostname.replace(/^\[|\]$/g, ''), port: portOf(server) };
  const socket =
    server.protocol === 'rtsps:'
      ? // Cameras sign their certificates themselves, and no secret is sent.
        connectTls({ ...at, rejectUnauthorized: false })
      : connect(at);
  // Not AbortSignal.timeout in AbortSignal.any: Node 20 may collect it as garbage before its time.
  const deadline = setTimeout(() => {
    socket.destroy();
  }, TIMEOUT_MS);
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
