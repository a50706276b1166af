import assert from 'node:assert/strict';
import { alsaMicrophonesOf } from '../src/audio/live/arecord.js';
import { parseCameraAddress, redact } from '../src/audio/live/camera-address.js';
import { explainEnd } from '../src/audio/live/ffmpeg-complaint.js';
import {
  avFoundationMicrophonesOf,
  directShowMicrophonesOf,
  ffmpegAlsaMicrophonesOf,
  pulseMicrophonesOf,
} from '../src/audio/live/microphone-ffmpeg.js';
import { portAudioMicrophonesOf } from '../src/audio/live/port-audio.js';
import { readResponse } from '../src/audio/live/rtsp-probe.js';
import { printableText } from '../src/audio/cameras/found.js';
import { tracksOf } from '../src/audio/cameras/go2rtc.js';
import { cameraAddress } from '../src/audio/cameras/makers.js';
import { readCommand } from '../src/baby/commands.js';
import { readAnswer } from '../src/door/answer.js';
import { readCryEvent } from '../src/door/cry-event.js';
import { readSourceHealth } from '../src/door/source-health.js';
import { parseCsv } from '../src/files/csv.js';
import { serverUrl } from '../src/get-json.js';
import { hassEndpoint } from '../src/hass/address.js';
import { phoneUrl } from '../src/hass/notify/phone-url.js';
import { parseHost } from '../src/host.js';
import { readQuestion } from '../src/journal/reply.js';
import { cry, health } from './fuzz/good.js';

/** What patterns stumble over: repeated, as they end, and as they do not. */
const PIECES = [
  'a',
  ' ',
  '\n',
  '/',
  ':',
  '://',
  'a://',
  '@',
  '_',
  'pass=',
  'pass=_',
  'user=a_',
  '[',
  '[a] ',
  '1',
  '1.',
  'f',
  '"',
  '" (audio)',
  '\n[] "',
  ': ',
  ', 8 Hz, ',
  'Stream #0:0: Audio: a, ',
  'plughw:CARD=,DEV=1',
  '\r\n',
  'Location: ',
  '%zz',
  '\ud800',
];
const STARTS = ['', 'rtsp://', 'rtsp://a:', 'http://[', '[info]   Stream #0:0', 'RTSP/1.0 302 Moved\r\n'];

const CAMERA = parseCameraAddress('rtsp://10.0.0.8/1', { user: 'admin', password: 'secret' });

/** Ways in that take a text. They may throw. */
const DOORS: Record<string, (text: string) => unknown> = {
  'camera address': text => parseCameraAddress(text),
  'user name and password': text => parseCameraAddress('rtsp://camera/', { user: text, password: text }),
  'text with secrets': text => redact(text, 'secret'),
  host: parseHost,
  'server address': text => serverUrl(text, 80),
  'Home Assistant address': url => hassEndpoint({ url, token: 'abc' }, ''),
  'camera of a maker': text => cameraAddress('go2rtc', text, { stream: text }),
  'end of ffmpeg': text => explainEnd({ heard: false, status: 1, said: [text, text], tracks: [] }, CAMERA),
  'answer over RTSP': readResponse,
  'microphones of arecord': alsaMicrophonesOf,
  'microphones of ALSA': ffmpegAlsaMicrophonesOf,
  'microphones of PulseAudio': text => pulseMicrophonesOf(`Source #1\n${text}`, text),
  'microphones of macOS': text => avFoundationMicrophonesOf(`AVFoundation audio devices:\n${text}`),
  'microphones of Windows': directShowMicrophonesOf,
  'microphones of PortAudio': name =>
    portAudioMicrophonesOf([{ id: 1, name, maxInputChannels: 1, hostAPIName: 'ALSA' }] as never, []),
  'name of a stranger': printableText,
  'tracks of go2rtc': text => tracksOf({ producers: [{ medias: [text] }] }),
  'cry event': text => readCryEvent({ ...cry(), id: text, source: text }),
  'source health': text => readSourceHealth({ ...health(), source: text }),
  answer: text => readAnswer({ cry: text, reason: text, at: 1 }),
  topic: text => readCommand({ topic: text, payload: text }, 1),
  time: text => readCommand({ topic: 'feed', payload: text }, 1),
  'id of a fact': text => readCommand({ topic: 'feed', payload: { id: text } }, 1),
  question: text => readQuestion({ topic: 'night', payload: text }, 1),
  picture: text => phoneUrl(text),
  table: text => parseCsv(`name,at\n${text}`, ['name']),
};

describe('texts of any length', function () {
  this.timeout(60_000);

  for (const [name, take] of Object.entries(DOORS))
    it(`hold up nothing as ${name}`, () => {
      for (const length of [40_000, 200_000])
        for (const start of STARTS)
          for (const piece of PIECES) {
            const text = (start + piece.repeat(length / piece.length)).slice(0, length);
            const before = process.cpuUsage();
            try {
              take(text);
            } catch (error) {
              const { message } = error as Error;
              assert(message.length < 1000, `${name} is refused with ${message.length} characters`);
            }
            const { user, system } = process.cpuUsage(before);
            const busyMs = (user + system) / 1000;
            assert(busyMs < 500, `${JSON.stringify([start, piece])} takes ${busyMs} ms`);
          }
    });
});
