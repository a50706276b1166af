/** Answers what the dialog of audio nodes asks the runtime. */
import type { NodeAPI, NodeDef } from 'node-red';
import { cameraAddress, MAKERS } from '../../src/audio/cameras/makers.js';
import { findCameras } from '../../src/audio/cameras/find.js';
import { cameraServer } from '../../src/audio/live/camera-address.js';
import { testSource } from '../../src/audio/live/test-source.js';
import { LevelMeter } from '../../src/audio/live/level-meter.js';
import type { LiveSource, LiveSources } from '../../src/audio/live/live-sources.js';
import { listMicrophones } from '../../src/audio/live/microphone.js';
import { cameraSource, microphoneSource, type Login } from '../../src/audio/live/source.js';
import { DeepInfantError } from '../../src/errors.js';
import { hassCameraSource } from '../../src/hass/camera.js';
import { spectrogram } from '../../src/pictures/spectrogram.js';
import { errorOfCode, errorTextIn, healthIn, makerSetUpIn } from '../../src/texts/trouble-text.js';
import { SAMPLE_RATE, type SourceHealth } from '../../src/values.js';
import { deployedHass } from '../shared-hass.js';
import { answerEditor, type Question } from '../editor-questions.js';
import type { NodeTexts } from '../language.js';
import type { AudioReplies } from './editor/replies.js';
import { MicrophoneMeters } from './microphone-meters.js';
import type { AudioCredentials, AudioSettings } from './settings.js';

const TEST_S = 3;
const SEARCH_MS = 30_000;
/** What Node-RED gives the editor in place of a saved password. */
const KNOWN_PASSWORD = '__PWRD__';

/** Answers the dialog, for those who may edit flows. */
export function answerDialog(RED: NodeAPI, sources: LiveSources): void {
  const meters = new MicrophoneMeters(sources);
  answerEditor<AudioReplies>(RED, 'deepinfant-audio', {
    microphones: async () => ({ microphones: await listMicrophones() }),
    makers: (_question, { language }) => ({
      makers: MAKERS.map(({ id, name, user, setUp, path, largePath }) => ({
        id,
        name,
        user,
        setUp: makerSetUpIn(language, id, setUp),
        needsStream: path.includes('{stream}'),
        hasChannels: path.includes('channel}'),
        hasLarge: largePath !== undefined,
      })),
    }),
    address: ({ maker, host, stream, channel, large }) => ({
      address: cameraAddress(textOf(maker), textOf(host), {
        stream: textOf(stream),
        channel: Number(channel ?? 1),
        large: large === true,
      }),
    }),
    cameras: async ({ user, password, network, go2rtc, frigate }, { language }) => {
      const found = await findCameras(
        {
          network: network !== false,
          login: isTyped(password) ? { user: textOf(user), password: textOf(password) } : undefined,
          go2rtc: textOf(go2rtc) || undefined,
          frigate: textOf(frigate) || undefined,
        },
        AbortSignal.timeout(SEARCH_MS),
      );
      return {
        cameras: found.cameras.map(({ problem, ...camera }) => ({
          ...camera,
          ...(problem && { problem: errorOfCode(language, problem.code, problem.message) }),
        })),
        problems: found.problems.map(error => errorTextIn(language, error)),
      };
    },
    level: ({ microphone }, { language }) => {
      const { levelDb, health } = meters.read(textOf(microphone));
      return { levelDb, error: healthIn(language, health).error };
    },
    test: async (question, texts) => {
      const source = sourceOf(RED, question, texts);
      const { health, firstAudioMs, samples } = await testSource(sources, source, TEST_S);
      if (firstAudioMs === null || samples.length < TEST_S * SAMPLE_RATE)
        return {
          error: healthIn(texts.language, health).error ?? texts._('deepinfant-audio.test.nothing'),
        };
      const { level, silentS } = measureLevel(samples);
      const { codec = 'pcm', sampleRate = SAMPLE_RATE, declaredRate } = health.format ?? {};
      const rate =
        declaredRate === undefined
          ? `${sampleRate / 1000} kHz`
          : texts._('deepinfant-audio.test.rate', { rate: sampleRate / 1000, declared: declaredRate / 1000 });
      const values = {
        level: Math.round(level?.levelDb ?? 0),
        codec: `${codec}, ${rate}`,
        ms: firstAudioMs,
      };
      return {
        tracks: tracksIn(texts, health),
        sentence: texts._(`deepinfant-audio.test.${silentS > 0 ? 'silent' : 'heard'}`, values),
        spectrogram: spectrogram({ samples, fromS: 0 }),
      };
    },
  });
}

/** The tracks of a camera and the levels of their channels, in words; none where there is only one of each. */
function tracksIn(texts: NodeTexts, { tracks = [], format }: SourceHealth): string[] {
  if (tracks.length < 2 && tracks.every(({ channels }) => channels < 2)) return [];
  const say = (text: string, values: Record<string, string | number>): string =>
    texts._(`deepinfant-audio.test.${text}`, values);
  return tracks.map(({ codec, sampleRate, levelsDb }, i) => {
    const levels = levelsDb.map((db, channel) => {
      const level = db === null ? say('absent', {}) : say('level', { level: Math.round(db) });
      return levelsDb.length === 1 ? level : say('channel', { channel: channel + 1, level });
    });
    const isHeard = tracks.length > 1 && format?.track === i + 1;
    const values = { track: i + 1, codec, rate: sampleRate / 1000, levels: levels.join(', ') };
    return say(isHeard ? 'heardTrack' : 'track', values);
  });
}

function sourceOf(
  RED: NodeAPI,
  { kind, microphone, hass, entity, ...camera }: Question,
  texts: NodeTexts,
): LiveSource {
  if (kind === 'microphone') return microphoneSource(textOf(microphone) || 'microphone', textOf(microphone));
  if (kind === 'hassCamera')
    return hassCameraSource('camera', deployedHass(RED, textOf(hass)), textOf(hass), textOf(entity));
  const track = Number(camera.track);
  return cameraSource('camera', textOf(camera.url), loginOf(RED, camera, texts), {
    ...(track > 0 && { track }),
    pauses: camera.pauses === true,
  });
}

/**
 * The login that the dialog shows. A password that only Node-RED knows is sent only to the camera for which it was entered.
 * @throws DeepInfantError `password` if the address is now that of another host
 */
function loginOf(RED: NodeAPI, { id, url, user, password }: Question, texts: NodeTexts): Login {
  if (isTyped(password)) return { user: textOf(user), password: textOf(password) };
  let deployed: unknown;
  RED.nodes.eachNode(node => {
    if (node.id === id) deployed = (node as NodeDef & Partial<AudioSettings>).url;
  });
  const server = cameraServer(textOf(url));
  if (server === undefined || cameraServer(textOf(deployed)) !== server)
    throw new DeepInfantError('password', texts._('deepinfant-audio.test.password'));
  const known = RED.nodes.getCredentials(textOf(id)) as AudioCredentials | undefined;
  return { user: textOf(user), password: known?.password };
}

function isTyped(password: unknown): boolean {
  return password !== KNOWN_PASSWORD;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function measureLevel(samples: Float32Array): LevelMeter {
  const meter = new LevelMeter();
  meter.push(samples);
  return meter;
}
