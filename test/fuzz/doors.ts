/** Ways in that take a value or a text, and give one back. */
import fc from 'fast-check';
import type { NodeDef } from 'node-red';
import { AUDIO_SETTINGS } from '../../nodes/deepinfant-audio/settings.js';
import { BABY_SETTINGS } from '../../nodes/deepinfant-baby/settings.js';
import { DETECTOR_SETTINGS } from '../../nodes/deepinfant-detector/settings.js';
import { ENTITIES_SETTINGS } from '../../nodes/deepinfant-entities/settings.js';
import { HASS_SETTINGS } from '../../nodes/deepinfant-hass/settings.js';
import { JOURNAL_SETTINGS } from '../../nodes/deepinfant-journal/settings.js';
import { LIGHT_SETTINGS } from '../../nodes/deepinfant-light/settings.js';
import { NOTIFY_SETTINGS } from '../../nodes/deepinfant-notify/settings.js';
import { REASON_SETTINGS } from '../../nodes/deepinfant-reason/settings.js';
import { readSettings } from '../../nodes/settings.js';
import { cameraAddress, MAKERS } from '../../src/audio/cameras/makers.js';
import { alsaMicrophonesOf } from '../../src/audio/live/arecord.js';
import { parseCameraAddress, redact, secretUrl } from '../../src/audio/live/camera-address.js';
import { explainEnd } from '../../src/audio/live/ffmpeg-complaint.js';
import {
  avFoundationMicrophonesOf,
  directShowMicrophonesOf,
  ffmpegAlsaMicrophonesOf,
  pulseMicrophonesOf,
} from '../../src/audio/live/microphone-ffmpeg.js';
import { readResponse } from '../../src/audio/live/rtsp-probe.js';
import { readCommand } from '../../src/baby/commands.js';
import { checkMemory, EMPTY_MEMORY } from '../../src/baby/memory.js';
import { readAnswer } from '../../src/door/answer.js';
import { readOutcome } from '../../src/door/outcome.js';
import { readAudioChunk } from '../../src/door/audio-chunk.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import { readSourceHealth } from '../../src/door/source-health.js';
import { parseCsv } from '../../src/files/csv.js';
import { serverUrl } from '../../src/get-json.js';
import { hassEndpoint } from '../../src/hass/address.js';
import { readAction } from '../../src/hass/notify/cry-notification.js';
import { parseHost } from '../../src/host.js';
import { checkManifest } from '../../src/model/check-manifest.js';
import { chunk, cry, crynetManifest, health, telling } from './good.js';
import { address, anything, damaged, damagedText, text } from './inputs.js';
import { target, type Target } from './target.js';

const NOW = Date.now();

const SETTINGS: Record<string, Parameters<typeof readSettings>[0]> = {
  audio: AUDIO_SETTINGS,
  baby: BABY_SETTINGS,
  detector: DETECTOR_SETTINGS,
  entities: ENTITIES_SETTINGS,
  hass: HASS_SETTINGS,
  journal: JOURNAL_SETTINGS,
  light: LIGHT_SETTINGS,
  notify: NOTIFY_SETTINGS,
  reason: REASON_SETTINGS,
};
const SAVED = {
  version: 1,
  name: 'Mia',
  url: 'rtsp://10.0.0.8/1',
  summaryAt: '07:00',
  lights: 'light.lamp, light.other',
  reasons: 'hungry, tired',
  keepDays: '30',
  brightness: 40,
  quietFrom: '22:00',
};

/** What ffmpeg, ALSA and PulseAudio print, and cameras answer. */
const PRINTED = [
  '[rtsp @ 0x55d] [error] method DESCRIBE failed: 401 Unauthorized',
  '[info] Stream #0:1: Audio: aac (LC), 16000 Hz, mono, fltp, 50 kb/s',
  'plughw:CARD=Device,DEV=0\n    USB Audio Device, USB Audio\n    Hardware device',
  'Source #1\n\tName: alsa_input.usb\n\tDescription: Microphone\n\tProperties:\n\t\talsa.card_name = "USB"\n',
  'Default Source: alsa_input.usb\n',
  '[AVFoundation indev @ 0x7] AVFoundation audio devices:\n[AVFoundation indev @ 0x7] [0] Microphone\n',
  '[dshow @ 0x1] "Microphone" (audio)\n[dshow @ 0x1]   Alternative name "@device_cm"\n',
  '* plughw:CARD=PCH,DEV=0 [Direct]\n',
];
const ANSWERED = [
  'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="a", nonce="b"\r\n\r\n',
  'RTSP/1.0 302 Moved\r\nLocation: rtsp://10.0.0.9/\r\n\r\n',
];

export const DOORS: Record<string, () => Target<unknown>> = {
  'cry event': () => target({ inputs: fc.oneof(damaged(fc.constant(cry())), anything), run: readCryEvent }),
  'audio chunk': () =>
    target({ inputs: fc.oneof(damaged(fc.constant(chunk())), anything), run: readAudioChunk }),
  'source health': () =>
    target({ inputs: fc.oneof(damaged(fc.constant(health())), anything), run: readSourceHealth }),
  answer: () =>
    target({
      inputs: fc.oneof(damaged(fc.constant({ cry: 'x', reason: 'hungry', at: NOW })), anything),
      run: readAnswer,
    }),
  outcome: () =>
    target({
      inputs: fc.oneof(
        damaged(
          fc.constant({
            outcome: 'counted',
            cry: 'x',
            reason: 'hungry',
            at: NOW,
            record: { answers: 2, right: 1, commonestRight: 1 },
          }),
        ),
        anything,
      ),
      run: readOutcome,
    }),
  command: () =>
    target({
      inputs: fc.record({
        topic: fc.oneof(
          fc.constantFrom('feed', 'sleep', 'answer', 'withdraw', 'import', 'temperature'),
          text,
        ),
        payload: fc.oneof(anything, damaged(fc.constantFrom(...telling()))),
        data: fc.option(damaged(fc.constant({ new_state: { state: 'on' }, old_state: { state: 'off' } })), {
          nil: undefined,
        }),
      }),
      run: message => readCommand(message as Parameters<typeof readCommand>[0], NOW),
    }),
  memory: () => target({ inputs: damaged(fc.constant(EMPTY_MEMORY)), run: checkMemory }),
  manifest: () =>
    target({ inputs: damaged(fc.constant(crynetManifest())), run: read => checkManifest(read, 'it') }),
  settings: () =>
    target({
      inputs: fc.tuple(fc.constantFrom(...Object.keys(SETTINGS)), damaged(fc.constant(SAVED))),
      run: ([node, saved]) => readSettings(SETTINGS[node], saved as NodeDef),
    }),
  'camera address': () =>
    target({
      inputs: fc.tuple(
        address,
        fc.oneof(fc.constantFrom('', 'admin'), text),
        fc.oneof(fc.constantFrom('', 'p@ss'), text),
      ),
      run: ([typed, user, password]) => {
        const parsed = parseCameraAddress(typed, { user, password });
        const secret = secretUrl(parsed);
        if (password.length > 3 && redact(secret, password).includes(password))
          throw new Error('the password shows in a redacted address');
      },
    }),
  'camera of a maker': () =>
    target({
      inputs: fc.record({
        maker: fc.oneof(fc.constantFrom(...MAKERS.map(({ id }) => id)), text),
        host: fc.oneof(fc.constantFrom('10.0.0.8', 'camera.local:554'), address),
        stream: text,
        channel: fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer(), fc.double()),
      }),
      run: ({ maker, host, ...of }) => cameraAddress(maker, host, { ...of, large: false }),
    }),
  host: () => target({ inputs: address, run: parseHost }),
  'server address': () => target({ inputs: address, run: typed => serverUrl(typed, 80) }),
  'Home Assistant address': () =>
    target({ inputs: fc.tuple(address, text), run: ([url, token]) => hassEndpoint({ url, token }, '') }),
  'tapped action': () =>
    target({
      inputs: fc.oneof(damagedText('deepinfant hungry tag notify.phone'), anything),
      run: readAction,
    }),
  printed: () =>
    target({
      inputs: fc.array(fc.oneof(damagedText(...PRINTED), damagedText(...ANSWERED), text), { maxLength: 4 }),
      run: texts => {
        const printed = texts.join('\n');
        alsaMicrophonesOf(printed);
        ffmpegAlsaMicrophonesOf(printed);
        pulseMicrophonesOf(printed, printed);
        avFoundationMicrophonesOf(printed);
        directShowMicrophonesOf(printed);
        readResponse(printed);
        const address = parseCameraAddress('rtsp://10.0.0.8/1', { user: 'admin', password: 'secret' });
        const { message } = explainEnd({ heard: false, status: 1, said: texts, tracks: [] }, address);
        if (message.includes('secret') && !printed.includes('secret')) throw new Error('the password shows');
      },
    }),
  csv: () =>
    target({
      inputs: damagedText('name,at\r\n"a, ""b""",1\r\nc,2\r\n'),
      run: table => parseCsv(table, ['name', 'at']),
    }),
};
