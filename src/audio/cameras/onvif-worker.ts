/**
 * The thread that looks for ONVIF cameras and asks each for its stream. It ends by itself; `findOnvifCameras` ends it
 * sooner. When it begins it says so; what it finds it posts as OnvifReport, and again when it knows more.
 */
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Cam, Discovery } from 'onvif';
import { messageOf } from '../../errors.js';
import { at, entries, numberOf, textOf } from '../../unknown-data.js';
import { type CameraProblem, type FoundCamera, printableText, type Track } from './found.js';

/** User and password that every camera is asked with. */
export interface OnvifLogin {
  user: string;
  password: string;
}

/** What a device that answered has: one camera, or those of a recorder. */
export interface OnvifReport {
  device: string;
  cameras: FoundCamera[];
}

/** What the thread posts: that the search begins, or what a device has. */
export type OnvifMessage = 'searching' | OnvifReport;

/** When the question goes out, in ms from the start: twice, since Wi-Fi loses multicast. */
const PROBES_AT_MS = [0, 1000];
/** How long answers to a question are waited for. Cameras delay theirs by up to 0.5 s (WS-Discovery, APP_MAX_DELAY). */
const ANSWERS_MS = 2000;
/** How long a device may be silent. */
const REQUEST_TIMEOUT_MS = 3000;
/** A profile takes some 3 kB, and a recorder has two or three for each camera. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** More than a home has; what answers beyond is left out. */
const MAX_DEVICES = 64;

const login = workerData as OnvifLogin | undefined;
const devices = new Set<string>();

// The library throws errors that nobody listens to. Devices with malformed answers are left out.
Discovery.on('error', () => undefined);
Discovery.on('device', (answer: unknown, { address }) => {
  const match = at(answer, 'probeMatches', 'probeMatch');
  const device = textOf(at(match, 'endpointReference', 'address')) || address;
  const service = serviceOf(textOf(at(match, 'XAddrs')), address);
  if (!service || devices.has(device) || devices.size >= MAX_DEVICES) return;
  devices.add(device);
  const camera: FoundCamera = {
    name: nameOf(textOf(at(match, 'scopes'))) || address,
    host: address,
    via: 'onvif',
    problem: {
      code: 'slow',
      message: 'It was found, but is slow to send its stream address: try again.',
    },
  };
  const report = (cameras: FoundCamera[]): void => {
    parentPort!.postMessage({ device, cameras } satisfies OnvifMessage);
  };
  report([camera]);
  void askForStreams(service, camera).then(report);
});

parentPort!.postMessage('searching' satisfies OnvifMessage);
for (const atMs of PROBES_AT_MS) {
  setTimeout(() => {
    for (const device of Object.keys(networkInterfaces())) {
      // With `resolve`, the library would log in to whatever answers.
      Discovery.probe({ device, timeout: ANSWERS_MS, resolve: false });
    }
  }, atMs);
}

/** Where a device says that its service is, but at the address that answered, whatever it says. */
function serviceOf(xAddrs: string, address: string): URL | undefined {
  const services = xAddrs
    .split(/\s+/)
    .filter(xAddr => URL.canParse(xAddr))
    .map(xAddr => new URL(xAddr))
    .filter(({ protocol }) => protocol === 'http:');
  return services.find(({ hostname }) => hostname === address) ?? services.at(0);
}

/** Name or hardware from a device's scopes (ONVIF Core Specification, device discovery); '' where it gives neither. */
function nameOf(scopes: string): string {
  const scope = (kind: string): string => {
    const encoded = new RegExp(`onvif://www\\.onvif\\.org/${kind}/(\\S+)`, 'i').exec(scopes)?.[1] ?? '';
    try {
      return printableText(decodeURIComponent(encoded));
    } catch {
      return printableText(encoded);
    }
  };
  return scope('name') || scope('hardware');
}

/** Asks a device for the streams of its cameras; what goes wrong becomes their problem. */
async function askForStreams(service: URL, device: FoundCamera): Promise<FoundCamera[]> {
  const camera = new Cam({
    hostname: device.host,
    port: Number(service.port || 80),
    path: service.pathname + service.search,
    username: login?.user,
    // The library takes one byte of each character, where WS-Security wants UTF-8.
    password: login && Buffer.from(login.password).toString('latin1'),
    timeout: REQUEST_TIMEOUT_MS,
    agent: new SparingAgent(),
    autoconnect: false,
  });
  let refused = false;
  camera.on('rawResponse', (xml, status) => {
    refused = status === 401 || /NotAuthorized|FailedAuthentication/i.test(xml);
  });
  try {
    // Not connect(), which never returns from a device with a profile that has no picture.
    await resultOf(done => {
      camera.getSystemDateAndTime(done);
    });
    await resultOf(done => {
      camera.getServices(true, done);
    }).catch(async (error: unknown) => {
      // A second attempt with the same wrong password would bring an account nearer to being locked.
      if (refused) throw error;
      await resultOf(done => {
        camera.getCapabilities(done);
      });
    });
    const profiles = await resultOf(done => {
      camera.getProfiles(done);
    });
    const chosen = chooseProfiles(profiles);
    const cameras: FoundCamera[] = [];
    for (const profile of chosen) {
      const profileToken = textOf(at(profile, '$', 'token'));
      const stream = await resultOf(done => {
        camera.getStreamUri({ protocol: 'RTSP', profileToken }, done);
      });
      const name =
        chosen.length > 1 ? printableText(`${device.name}: ${textOf(at(profile, 'name'))}`) : device.name;
      cameras.push({
        name,
        host: device.host,
        via: 'onvif',
        address: addressOf(textOf(at(stream, 'uri')), device.host),
        tracks: tracksOf(profile),
      });
    }
    return cameras;
  } catch (error) {
    return [{ ...device, problem: problemOf(error, refused) }];
  }
}

/** What the library hands to a callback. */
function resultOf(ask: (done: (error: Error | null, data?: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    ask((error, data) => {
      if (error) reject(error);
      else resolve(data);
    });
  });
}

function problemOf(error: unknown, refused: boolean): CameraProblem {
  // The library's word for a second 401.
  if (refused || messageOf(error).endsWith(' 401'))
    return login?.user
      ? { code: 'wrong-login', message: 'It does not accept this user name and password.' }
      : {
          code: 'needs-login',
          message: 'It needs a user name and password to show its stream. Enter them, and search again.',
        };
  const why = printableText(messageOf(error));
  return {
    code: 'no-stream',
    message: `It did not name its stream: ${why}. Choose its brand instead, or enter its address.`,
  };
}

/** Of the profiles of each picture: one with sound if there is one, and of these the one with the smallest picture. */
function chooseProfiles(profiles: unknown): unknown[] {
  const bySource = new Map<string, unknown>();
  for (const [, profile] of entries(profiles)) {
    const source = textOf(at(profile, 'videoSourceConfiguration', 'sourceToken'));
    const best = bySource.get(source);
    if (best === undefined || cost(profile) < cost(best)) bySource.set(source, profile);
  }
  if (bySource.size === 0) throw new Error('it has no profiles');
  return [...bySource.values()];
}

/** Pixels of a profile's picture; more than any picture's where there is no sound. */
function cost(profile: unknown): number {
  const size = at(profile, 'videoEncoderConfiguration', 'resolution');
  const pixels = (numberOf(at(size, 'width')) || 0) * (numberOf(at(size, 'height')) || 0);
  return at(profile, 'audioEncoderConfiguration') === undefined ? 1e12 + pixels : pixels;
}

function tracksOf(profile: unknown): Track[] {
  const tracks: Track[] = [];
  const audio = at(profile, 'audioEncoderConfiguration');
  if (audio !== undefined) {
    // The rate is in kHz (ONVIF schema, AudioEncoderConfiguration); some cameras give it in Hz.
    const rate = numberOf(at(audio, 'sampleRate'));
    const rateKHz = rate >= 1000 ? rate / 1000 : rate;
    tracks.push({ kind: 'audio', codec: codecOf(audio, rateKHz > 0 ? `${rateKHz} kHz` : '') });
  }
  const video = at(profile, 'videoEncoderConfiguration');
  if (video !== undefined) {
    const width = textOf(at(video, 'resolution', 'width'));
    const height = textOf(at(video, 'resolution', 'height'));
    tracks.push({ kind: 'video', codec: codecOf(video, width && height && `${width}x${height}`) });
  }
  return tracks;
}

function codecOf(encoder: unknown, detail: string): string {
  return printableText(`${textOf(at(encoder, 'encoding'))} ${detail}`);
}

/**
 * A stream's address without user and password, at the host that answered: a camera behind a router tells an address
 * that is of no use here, and a hostile one that of somebody else.
 */
function addressOf(uri: string, host: string): string {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url || !/^rtsps?:$/.test(url.protocol)) throw new Error('it has no RTSP address');
  url.username = '';
  url.password = '';
  url.hostname = host;
  return url.href;
}

/** Ends a connection that brings more than a camera has to say. */
class SparingAgent extends Agent {
  override createConnection(
    ...[options, connected]: Parameters<Agent['createConnection']>
  ): ReturnType<Agent['createConnection']> {
    const socket = super.createConnection(options, connected) as Socket;
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) socket.destroy(new Error('it answers without end'));
    });
    return socket;
  }
}
