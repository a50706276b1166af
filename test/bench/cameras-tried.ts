/**
 * Hears every kind of camera that the tests can build, one after the other, and prints the table 'What was tried' of
 * docs/cameras.md: real servers of GStreamer and, over HTTP, of ffmpeg, and test cameras that do what was seen of real
 * ones. Ends with an error if one is not heard, but for a
 * codec that ffmpeg does not know.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { parseCameraAddress } from '../../src/audio/live/camera-address.js';
import { startCamera, type CameraOptions } from '../../src/audio/live/camera-capture.js';
import type { AudioFormat } from '../../src/values.js';
import { GstServer } from '../rtsp/gst-server.js';
import { HttpCamera, RAW_STREAMS } from '../rtsp/http-camera.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';

const LOGIN = { user: 'viewer', password: 'pä@s s' };
const AT_ONCE = 6;
const PATIENCE_MS = 90_000;
/** Heard is what has so many samples above this amplitude. */
const LOUD = 0.02;
const LOUD_SAMPLES = 4000;

interface Tried {
  server: string;
  codec: string;
  transport: string;
  special: string;
  url: string;
  login?: { user: string; password: string };
  options?: CameraOptions;
  /** Whether ffmpeg does not know its codec. */
  isUnknown?: true;
  /** What the camera does once it is heard. */
  act?: () => void;
  /** What the format must come to say. */
  until?: (format: AudioFormat | undefined, clockSteps: number) => boolean;
}

async function hear({ url, login, options, act, until = () => true }: Tried): Promise<string> {
  const startMs = performance.now();
  let format: AudioFormat | undefined;
  let clockSteps = 0;
  let loud = 0;
  let firstMs = NaN;
  return new Promise(resolve => {
    const finish = (result: string): void => {
      clearTimeout(deadline);
      void capture.stop().then(() => {
        resolve(result);
      });
    };
    const deadline = setTimeout(() => {
      finish('**not heard**');
    }, PATIENCE_MS);
    const check = (): void => {
      if (loud < LOUD_SAMPLES || !until(format, clockSteps)) return;
      finish(describe(format, clockSteps, firstMs - startMs));
    };
    const capture = startCamera(
      parseCameraAddress(url, login),
      options,
    )({
      samples: samples => {
        const before = loud;
        loud += samples.filter(sample => Math.abs(sample) > LOUD).length;
        if (loud > 0 && Number.isNaN(firstMs)) firstMs = performance.now();
        if (before < LOUD_SAMPLES && loud >= LOUD_SAMPLES) act?.();
        check();
      },
      format: told => {
        format = told;
      },
      clockStep: () => {
        clockSteps++;
      },
      ended: ({ message }) => {
        finish(`**not heard**: ${message}`);
      },
    });
  });
}

function describe(format: AudioFormat | undefined, clockSteps: number, firstMs: number): string {
  const { codec = '', sampleRate = 0, channels = 0, track, declaredRate, pauses } = format ?? {};
  return [
    `${codec}, ${sampleRate / 1000} kHz${channels > 1 ? `, ${channels} channels` : ''}`,
    ...(declaredRate === undefined ? [] : [`declared as ${declaredRate / 1000} kHz`]),
    ...(track === undefined ? [] : [`track ${track}`]),
    ...(clockSteps > 0 ? ['clock step counted'] : []),
    ...(pauses ? ['pauses filled'] : []),
    `first sound after ${(firstMs / 1000).toFixed(1)} s`,
  ].join('; ');
}

const stops: (() => unknown)[] = [];

async function gstreamer(): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const scheme of ['Basic', 'Digest'] as const) {
    const server = await GstServer.start({ scheme, ...LOGIN });
    stops.push(() => server.stop());
    for (const codec of ['pcma', 'pcmu', 'aac', 'opus', 'l16'])
      for (const picture of ['', '-h264'])
        tried.push({
          server: 'GStreamer RTSP server',
          codec: codec.toUpperCase() + (picture && ' with H.264'),
          transport: 'RTSP over TCP',
          special: `login by ${scheme}`,
          url: server.url(codec + picture),
          login: LOGIN,
        });
  }
  return tried;
}

async function http(): Promise<Tried[]> {
  const camera = new HttpCamera();
  const secured = new HttpCamera(LOGIN.password);
  const sha = new HttpCamera(LOGIN.password, { scheme: 'Digest', algorithms: ['SHA-256'] });
  const both = new HttpCamera(LOGIN.password, { scheme: 'Digest', algorithms: ['MD5', 'SHA-256'] });
  const session = new HttpCamera(LOGIN.password, { scheme: 'Digest', algorithms: ['MD5-sess'], qop: 'auth' });
  const slow = Object.assign(new HttpCamera(), { delayMs: 20_000 });
  const begun = Object.assign(new HttpCamera(), { emptyPlaylists: Array<string>(5).fill('#EXTM3U\n') });
  for (const one of [camera, secured, sha, both, session, slow, begun]) {
    await one.start();
    stops.push(() => one.stop());
  }
  secured.elsewhere = camera.url;
  const basic = 'audio/basic';
  const streams: [string, string, string][] = [
    ['live.aac', 'AAC', 'ADTS'],
    ['live.mp3', 'MP3', 'MP3'],
    ['live.mp2', 'MP2', 'MPEG audio'],
    ['live.ac3', 'AC-3', 'AC-3'],
    ['live.m3u8', 'AAC', 'HLS'],
    ['live.ts', 'AAC with H.264', 'MPEG-TS'],
    ['live.flv', 'AAC with H.264', 'FLV'],
    ['live.mp4', 'AAC', 'fragmented MP4'],
    ['live.mkv', 'PCM', 'Matroska'],
    ['live.wav', 'PCM', 'WAV'],
    ['live.ogg', 'Opus', 'Ogg'],
    ['live.flac', 'FLAC', 'FLAC'],
    ['live.au', 'mu-law', 'AU'],
    ['basic.au', 'mu-law', 'AU, said to be audio/basic'],
  ];
  const server = 'ffmpeg over HTTP';
  return [
    ...streams.map(([name, codec, container]) => ({
      server,
      codec,
      transport: container,
      special: '',
      url: `${camera.url}/${name}`,
    })),
    ...Object.keys(RAW_STREAMS).map(type => ({
      server,
      codec: RAW_STREAMS[type].at(-1)!,
      transport: 'no container',
      special: `\`Content-Type: ${type}\``,
      url: `${camera.url}/raw?${encodeURIComponent(type)}`,
    })),
    ...(
      [
        ['tracks.ts', 'AAC, AAC', 'MPEG-TS', 'the first of two tracks is silent', 2],
        ['tracks.mkv', 'FLAC, FLAC', 'Matroska', 'the first of two tracks is silent', 2],
        ['hum.mkv', 'FLAC, FLAC', 'Matroska', 'the first of two tracks hums at 5 Hz', 2],
        ['programs.ts', 'AAC', 'MPEG-TS', 'two programs share a silent track', 3],
      ] as const
    ).map(([name, codec, transport, special, track]) => ({
      server,
      codec,
      transport,
      special,
      url: `${camera.url}/${name}`,
      until: (format: AudioFormat | undefined) => format?.track === track,
    })),
    ...(
      [
        ['mu-law', `parts?${basic}`, 'multipart, of known length'],
        ['A-law', 'parts-of-any-length?audio/PCMA', 'multipart, of unknown length'],
        ['mu-law', `parts-with-pictures?${basic}`, 'multipart, between pictures'],
      ] as const
    ).map(([codec, name, transport]) => ({
      server,
      codec,
      transport,
      special: '',
      url: `${camera.url}/${name}`,
    })),
    ...(
      [
        ['AAC', 'ADTS', '20 s to the answer', `${slow.url}/live.aac`],
        ['mu-law', 'no container', '20 s to the answer', `${slow.url}/raw?${basic}`],
        ['AAC', 'HLS', 'a playlist that begins empty', `${begun.url}/live.m3u8`],
        ['mu-law', 'no container', 'redirects to another server', `${secured.url}/moved/raw?${basic}`],
      ] as const
    ).map(([codec, transport, special, url]) => ({
      ...{ server, codec, transport, special, url },
      login: url.startsWith(secured.url) ? LOGIN : undefined,
    })),
    ...(
      [
        ['Basic', secured],
        ['Digest MD5-sess', session],
        ['Digest SHA-256', sha],
        ['Digest MD5, then SHA-256', both],
      ] as const
    ).map(([scheme, one]) => ({
      server,
      codec: 'AAC',
      transport: 'ADTS',
      special: `login by ${scheme}`,
      url: `${one.url}/live.aac`,
      login: LOGIN,
    })),
  ];
}

type Tracks = ConstructorParameters<typeof RtspCamera>[0];

async function rtsp(): Promise<Tried[]> {
  const tried: Tried[] = [];
  const add = async (
    special: string,
    tracks: Tracks & object,
    settings: Partial<RtspCamera> = {},
    more: Partial<Tried> & { acts?: (camera: RtspCamera) => void } = {},
  ): Promise<RtspCamera> => {
    const camera = Object.assign(new RtspCamera(tracks), settings);
    await camera.start();
    stops.push(() => camera.stop());
    const { acts, ...rest } = more;
    const codecs = [tracks.audio ?? 'L16'].flat();
    tried.push({
      server: 'test camera',
      codec: codecs.map(codec => codec.split(' ')[0]).join(', ') + (tracks.video ? ' with H.264' : ''),
      transport: 'RTSP over TCP',
      special,
      url: camera.url,
      login: tracks.login && LOGIN,
      act:
        acts &&
        (() => {
          acts(camera);
        }),
      ...rest,
    });
    return camera;
  };
  await add('', { audio: 'L8' }, {}, { isUnknown: true });
  for (const audio of ['L16', 'PCMA', 'PCMU'] as const) {
    await add('', { audio });
    await add('refuses the sound alone', { audio, video: true }, { audioOnlyStatus: 454 });
  }
  await add('refuses TCP', {}, { transports: ['UDP'] }, { transport: 'RTSP over UDP' });
  await add('refuses TCP', { audio: 'PCMA' }, { transports: ['UDP'] }, { transport: 'RTSP over UDP' });
  await add('sends no sound without the picture', { video: true }, { feedsAudioOnly: false });
  for (const algorithms of [['MD5'], ['SHA-256'], ['MD5', 'SHA-256'], ['SHA-256', 'MD5']] as const)
    await add(`login by Digest ${algorithms.join(', then ')}`, {
      login: { scheme: 'Digest', algorithms, ...LOGIN },
    });
  for (const [special, offer] of [
    ['Digest MD5-sess', { algorithms: ['MD5-sess'], qop: 'auth' }],
    ['Digest SHA-256-sess', { algorithms: ['SHA-256-sess'], qop: 'auth' }],
    ['Digest SHA-512-256', { algorithms: ['SHA-512-256'] }],
    ['Digest that protects bodies', { qop: 'auth-int' }],
    ['Digest SHA-256, each once', { algorithms: ['SHA-256'], isOneTime: true }],
    ['Digest, beside others in one header', { isCombined: true }],
    ['Digest, for a realm with quotes', { realm: 'the "cot"' }],
  ] as const)
    await add(`login by ${special}`, { audio: 'PCMU', login: { scheme: 'Digest', ...offer, ...LOGIN } });
  await add(
    'login by Digest SHA-256, refuses TCP',
    { login: { scheme: 'Digest', algorithms: ['SHA-256'], ...LOGIN } },
    { transports: ['UDP'] },
    { transport: 'RTSP over UDP' },
  );
  await add('login by Basic', { login: { scheme: 'Basic', ...LOGIN } });
  for (const [special, audio, sounds, track] of [
    ['the first of two tracks is silent', ['PCMA', 'L16'], ['silence', 'signal'], 2],
    ['the first of two tracks never sends', ['L16', 'PCMU'], ['nothing', 'signal'], 2],
    ['of three tracks only the third sounds', ['L16', 'PCMA', 'L16'], ['silence', 'nothing', 'signal'], 3],
    ['the second of two tracks is silent', ['L16', 'PCMA'], ['signal', 'silence'], 1],
  ] as const)
    await add(special, { audio, video: true }, { sounds }, { until: format => format?.track === track });
  await add(
    'the second of two tracks was chosen',
    { audio: ['PCMA', 'L16'] },
    {},
    { options: { track: 2 }, until: format => format?.track === 2 },
  );
  for (const stepS of [5, -3, -30, 3600])
    await add(
      `sets its clock by ${stepS} s`,
      { audio: stepS === 5 ? 'PCMA' : 'L16', video: stepS < -3 },
      {},
      {
        acts: camera => {
          camera.clockErrorS = stepS;
        },
        until: (_, clockSteps) => clockSteps === 1,
      },
    );
  for (const audio of ['L16', 'PCMA', 'PCMU'] as const)
    await add(
      'begins anew with other timestamps',
      { audio },
      {},
      {
        acts: camera => {
          camera.stream++;
        },
      },
    );
  for (const clockSpeed of [2, 1.5])
    await add(`its timestamps run ${clockSpeed} times as fast`, { audio: 'PCMA' }, { clockSpeed });
  for (const audio of [
    'L16 at 16 kHz, said to be 8 kHz',
    'L16 at 8 kHz, said to be 16 kHz',
    'PCMA at 16 kHz',
  ] as const)
    await add(
      audio === 'PCMA at 16 kHz' ? '16 kHz, said to be 8 kHz' : audio.slice(7),
      { audio },
      {},
      { until: format => format?.declaredRate !== undefined },
    );
  await add('20 s to the first answer', { audio: 'PCMU', video: true }, { answerDelayMs: 20_000 });
  await add('8 s to the first answer', {}, { answerDelayMs: 8000 });
  await add('12 s to the first answer', { audio: 'PCMA', video: true }, { answerDelayMs: 12_000 });
  await add('15 s from PLAY to the sound', { audio: 'PCMU' }, { playDelayMs: 15_000 });
  await add(
    'sends only when it is loud',
    {},
    {},
    {
      options: { pauses: true },
      acts: camera => {
        camera.sends = 'nothing';
      },
      until: format => format?.pauses === true,
    },
  );
  const plain = await add('over TLS, with a certificate of its own', { audio: 'PCMA' });
  tried.at(-1)!.url = await overTls(Number(new URL(plain.url).port));
  tried.at(-1)!.transport = 'RTSPS';
  return tried;
}

async function overTls(port: number): Promise<string> {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=camera', '-keyout', '-'];
  const { stdout: pem } = spawnSync('openssl', args);
  const server = createServer({ key: pem, cert: pem }, encrypted => {
    const to = connect(port, '127.0.0.1');
    encrypted.pipe(to).pipe(encrypted);
    encrypted.on('error', () => to.destroy());
    to.on('error', () => encrypted.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  return `rtsps://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
}

async function main(): Promise<void> {
  const tried = [...(await gstreamer()), ...(await http()), ...(await rtsp())];
  const results: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < tried.length; i = next++) results[i] = await hear(tried[i]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const stop of stops) await stop();
  const rows = tried.map(({ server, codec, transport, special }, i) =>
    [i + 1, server, codec, transport, special, results[i]].join(' | '),
  );
  const head = ['  ', 'server', 'codec', 'container, transport', 'what is special', 'result'];
  process.stdout.write(`| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n`);
  for (const row of rows) process.stdout.write(`| ${row} |\n`);
  const isHeard = (i: number): boolean => !results[i].startsWith('**');
  const heard = tried.filter((_, i) => isHeard(i)).length;
  process.stdout.write(`\n${heard} of ${tried.length} heard\n`);
  if (tried.some(({ isUnknown = false }, i) => isHeard(i) === isUnknown)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
