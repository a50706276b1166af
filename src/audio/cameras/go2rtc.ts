import { DeepInfantError } from '../../errors.js';
import { getJson, notTheServer, serverUrl, undefinedIfMissing, type JsonServer } from '../../get-json.js';
import { encodePart } from '../../encode-part.js';
import { at, entries } from '../../unknown-data.js';
import { printableText, type FoundCamera, type Track } from './found.js';

/** Port of go2rtc's API, as delivered (go2rtc, internal/api). */
const API_PORT = 1984;
/** Address at which go2rtc serves RTSP, as delivered (go2rtc, internal/rtsp). */
const RTSP_LISTEN = ':8554';

/**
 * The streams of a go2rtc, in its order.
 * @param address host, host:port, or http address of its API
 * @throws DeepInfantError `bad-address`, `unreachable`, `wants-login`, `not-the-server`, `no-restream`
 */
export async function findGo2rtcStreams(address: string, signal: AbortSignal): Promise<FoundCamera[]> {
  const url = serverUrl(address, API_PORT);
  const server: JsonServer = {
    name: 'go2rtc',
    url,
    loginAdvice: `Enter a stream's address by hand instead: rtsp://${url.hostname}:8554/NAME.`,
  };
  const streams = await getJson(server, 'api/streams', signal);
  if (typeof streams !== 'object' || streams === null || Array.isArray(streams))
    throw notTheServer(server, 'it lists no streams');
  const about = await getJson(server, 'api', signal).catch(undefinedIfMissing);
  const base = restreamBase(url, at(about, 'rtsp', 'listen'));
  return entries(streams).map(([name, stream]) => restream('go2rtc', name, base, tracksOf(stream)));
}

/**
 * Where a go2rtc's streams are served as RTSP.
 * @param url of its API, or of the Frigate around it
 * @param listen `rtsp.listen` of its configuration, '[host]:port'; anything else is taken for the default
 * @throws DeepInfantError `no-restream` where its RTSP is off, or for its own machine only
 */
export function restreamBase(url: URL, listen: unknown): string {
  const text = typeof listen === 'string' ? listen : RTSP_LISTEN;
  // Not a number where no port follows.
  const port = Number(/:(\d{1,5})$/.exec(text)?.[1]);
  const isLocal = /^(127\.|localhost|\[::1\])/;
  if (!(port >= 1 && port <= 65535) || (isLocal.test(text) && !isLocal.test(url.hostname))) {
    throw new DeepInfantError(
      'no-restream',
      `go2rtc at ${url.hostname} does not serve its streams as RTSP, or only to its own machine. In its` +
        ` configuration, set rtsp: listen: "${RTSP_LISTEN}".`,
    );
  }
  return `rtsp://${url.hostname}:${port}/`;
}

/** A stream that go2rtc serves as RTSP under its name. */
export function restream(
  via: 'go2rtc' | 'frigate',
  name: string,
  base: string,
  tracks: Track[] | undefined,
): FoundCamera {
  return {
    name: printableText(name),
    host: new URL(base).host,
    via,
    address: base + encodePart(name),
    tracks,
  };
}

/**
 * What comes from a stream's cameras. go2rtc knows only while somebody watches: undefined before.
 * Its producers list media as 'audio, recvonly, PCMA/8000'; in versions before 1.3 as 'audio, sendonly, 8 PCMA/8000'.
 * The direction of the first, the picture, is the camera's; the other is that of a loudspeaker.
 */
export function tracksOf(stream: unknown): Track[] | undefined {
  const tracks = entries(at(stream, 'producers'))
    .flatMap(([, producer]) => {
      const medias = entries(at(producer, 'medias')).flatMap(([, media]) =>
        typeof media === 'string' ? [media.split(', ')] : [],
      );
      return medias.filter(([, direction]) => direction === medias[0][1]);
    })
    .flatMap(([kind, , codec]) =>
      (kind === 'audio' || kind === 'video') && codec
        ? [{ kind, codec: codecOf(codec) } satisfies Track]
        : [],
    );
  return tracks.length > 0 ? tracks : undefined;
}

/** '97 MPEG4-GENERIC/16000/1' -> 'AAC 16 kHz'. The 90 kHz of pictures is their clock and says nothing. */
function codecOf(media: string): string {
  const [name, rateHz] = media.replace(/^\d+ /, '').split('/');
  const codec = name === 'MPEG4-GENERIC' ? 'AAC' : printableText(name);
  return Number(rateHz) > 0 && rateHz !== '90000' ? `${codec} ${Number(rateHz) / 1000} kHz` : codec;
}
