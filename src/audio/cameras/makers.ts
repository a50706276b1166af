import { encodePart } from '../../encode-part.js';
import { DeepInfantError } from '../../errors.js';
import { parseHost } from '../../host.js';

/**
 * How a maker's cameras are heard. Paths may hold `{channel}` (a number from 1, for recorders with several cameras),
 * `{0channel}` (the same with two digits) and `{stream}` (a name or key that the user looks up).
 */
export interface Maker {
  /** Fixed word for settings. */
  id: string;
  name: string;
  /** RTSP port, as delivered. */
  port: number;
  /** Path of the small stream: the sound is the same and the picture costs the camera less. */
  path: string;
  /** Path of the large stream, for a camera whose small one is silent; absent where there is one stream only. */
  largePath?: string;
  /** User name, where it cannot be chosen. */
  user?: string;
  /** What to switch on, and where the user and password come from. */
  setUp: string;
  /** What is publicly known of the sound. */
  sound: string;
  /** Public pages that say so. */
  sources: readonly string[];
}

const FRIGATE = 'https://docs.frigate.video/configuration/camera_specific';
/** Its table of cameras that are known to work. */
const WEBRTC_CAMERA = 'https://github.com/AlexxIT/WebRTC#known-work-cameras';
const FRIGATE_WIZARD = 'https://github.com/blakeblackshear/frigate/blob/dev/web/src/types/cameraWizard.ts';

/** Dahua's own cameras, and those that it builds for others. */
const DAHUA = {
  port: 554,
  path: '/cam/realmonitor?channel={channel}&subtype=1',
  largePath: '/cam/realmonitor?channel={channel}&subtype=0',
};

/** Makers whose addresses are publicly documented, by name. */
export const MAKERS: readonly Maker[] = [
  {
    id: 'amcrest',
    name: 'Amcrest',
    ...DAHUA,
    setUp:
      "The camera's own user (admin) and password. In its audio or encode settings, switch audio on for the sub stream.",
    sound: 'AAC or G.711, chosen in the camera.',
    sources: [FRIGATE, 'https://github.com/blakeblackshear/frigate/issues/7721'],
  },
  {
    id: 'axis',
    name: 'Axis',
    port: 554,
    path: '/axis-media/media.amp',
    setUp: "A user of the camera's web page. Switch audio on there, too.",
    sound: 'Only in models with a microphone; codec not verified.',
    sources: [
      FRIGATE_WIZARD,
      'https://www.axis.com/vapix-library/subjects/t10175981/section/t10051110/display',
    ],
  },
  {
    id: 'dahua',
    name: 'Dahua',
    ...DAHUA,
    setUp:
      "A user of the camera's web page. In its audio or encode settings, switch audio on for the sub stream.",
    sound: 'AAC or G.711, chosen in the camera.',
    sources: [FRIGATE, 'https://github.com/AlexxIT/go2rtc/issues/49'],
  },
  {
    id: 'eufy',
    name: 'Eufy',
    port: 554,
    path: '/live0',
    setUp:
      "Eufy app, the camera's settings, Storage, NAS (RTSP): switch it on, for continuous streaming; it shows the" +
      ' address, user and password. A camera without this setting has no RTSP.',
    sound: 'AAC, 16 kHz (Indoor Cam 2K).',
    sources: [
      'https://github.com/fuatakgun/eufy_security/issues/214',
      'https://github.com/bropat/eufy-security-client/issues/147',
      'https://github.com/caplaz/eufy-security-scrypted/pull/41',
    ],
  },
  {
    id: 'ezviz',
    name: 'EZVIZ',
    port: 554,
    path: '/h264_stream',
    user: 'admin',
    setUp:
      'EZVIZ app, Settings, LAN Live View: find the camera, and in its Local Server Settings enable RTSP. The password' +
      " is the verification code on the camera's label.",
    sound: 'Not verified.',
    sources: ['https://www.home-assistant.io/integrations/ezviz/', WEBRTC_CAMERA],
  },
  {
    id: 'foscam',
    name: 'Foscam',
    port: 88,
    path: '/videoSub',
    largePath: '/videoMain',
    setUp:
      "The camera's own user and password. Where port 88 does not answer, add ':554' to the host: models differ.",
    sound: 'Not verified.',
    sources: [FRIGATE_WIZARD, WEBRTC_CAMERA],
  },
  {
    id: 'go2rtc',
    name: 'go2rtc or Frigate',
    port: 8554,
    path: '/{stream}',
    setUp:
      "The stream's name in go2rtc. No user or password unless go2rtc's rtsp section sets them. Open port 8554.",
    sound: "The camera's, whatever its codec.",
    sources: [
      'https://github.com/AlexxIT/go2rtc/blob/master/internal/rtsp/README.md',
      'https://docs.frigate.video/configuration/restream',
    ],
  },
  {
    id: 'hikvision',
    name: 'Hikvision',
    port: 554,
    path: '/Streaming/Channels/{channel}02',
    largePath: '/Streaming/Channels/{channel}01',
    setUp:
      "A user of the camera's web page. In its video settings, set the sub stream's video type to 'Video & Audio'.",
    sound: 'G.711 or AAC, chosen in the camera.',
    sources: [FRIGATE, 'https://github.com/blakeblackshear/frigate/issues/8452'],
  },
  {
    id: 'imou',
    name: 'Imou',
    ...DAHUA,
    user: 'admin',
    setUp: "The password is the device password or the safety code on the camera's label.",
    sound: 'Not verified.',
    sources: ['https://github.com/Sehyn/RTSP_ImouRanger2C'],
  },
  {
    id: 'reolink',
    name: 'Reolink',
    port: 554,
    path: '/Preview_{0channel}_sub',
    largePath: '/Preview_{0channel}_main',
    setUp:
      "The camera's own user (admin) and password. In its network settings (advanced: port or server settings), switch" +
      ' RTSP on; in its audio settings, record audio.',
    sound: 'AAC, 16 kHz (RLC-520A).',
    sources: [
      'https://support.reolink.com/hc/en-us/articles/900000630706-Introduction-to-RTSP/',
      'https://www.home-assistant.io/integrations/reolink/',
      'https://github.com/bluenviron/mediamtx/issues/855',
    ],
  },
  {
    id: 'reolink-old',
    name: 'Reolink (older firmware)',
    port: 554,
    path: '/h264Preview_{0channel}_sub',
    largePath: '/h264Preview_{0channel}_main',
    setUp: 'As for Reolink. Use this one where the other says that there is nothing at this path.',
    sound: 'AAC, 16 kHz (RLC-520A).',
    sources: [
      'https://support.reolink.com/hc/en-us/articles/900000630706-What-is-RTSP',
      'https://github.com/bluenviron/mediamtx/issues/855',
    ],
  },
  {
    id: 'tapo',
    name: 'Tapo',
    port: 554,
    path: '/stream2',
    largePath: '/stream1',
    setUp:
      "Tapo app, the camera's settings, Advanced Settings, Camera Account: create a user name and a password. They are not" +
      ' those of your Tapo account.',
    sound: 'G.711 A-law, 8 kHz (C200), in both streams.',
    sources: [
      'https://www.npmjs.com/package/@scrypted/tapo',
      WEBRTC_CAMERA,
      'https://github.com/homebridge-plugins/homebridge-camera-ffmpeg/issues/988',
      'https://github.com/AlexxIT/go2rtc/issues/1163',
    ],
  },
  {
    id: 'unifi',
    name: 'UniFi Protect',
    port: 7447,
    path: '/{stream}',
    setUp:
      'In Protect, share a livestream of the camera (RTSPS), low quality. Of the address rtsps://HOST:7441/KEY?… that' +
      ' it shows, take HOST, which is the console, and KEY. No user or password: the key is the secret.',
    sound: 'AAC and Opus, 48 kHz.',
    sources: [
      FRIGATE,
      'https://github.com/koush/scrypted/issues/2016',
      'https://github.com/AlexxIT/WebRTC/issues/305',
    ],
  },
  {
    id: 'wyze-bridge',
    name: 'Wyze (through docker-wyze-bridge)',
    port: 8554,
    path: '/{stream}',
    setUp:
      "Wyze cameras have no RTSP of their own: run docker-wyze-bridge, with the camera's audio enabled. The host is the" +
      " bridge's, the stream is the camera's name in it.",
    sound: "The camera's, when the bridge's AUDIO option is on.",
    sources: [
      'https://github.com/mrlt8/docker-wyze-bridge',
      'https://github.com/mrlt8/docker-wyze-bridge/blob/main/home_assistant/DOCS.md',
    ],
  },
];

/** What, beside the host, an address is made from. */
export interface AddressParts {
  /** Number of the camera at a recorder, 1 to 99; 1 unless given. */
  channel?: number;
  /** Name or key of the stream, for paths with `{stream}`. */
  stream?: string;
  /** Takes the large stream, where there is one. */
  large?: boolean;
}

/**
 * Address of a camera, without user and password.
 * @param makerId `id` of one of MAKERS
 * @param host name, IPv4 or IPv6 address, with `:port` where the maker's port was changed
 * @throws DeepInfantError `unknown-maker`, `bad-channel`, `no-stream-name` or `bad-address`
 */
export function cameraAddress(makerId: string, host: string, parts: AddressParts = {}): string {
  const maker = MAKERS.find(({ id }) => id === makerId);
  if (!maker) {
    const known = MAKERS.map(({ id }) => id).join(', ');
    throw new DeepInfantError(
      'unknown-maker',
      `There is no camera maker '${makerId.slice(0, 50)}'. Known are ${known}.`,
    );
  }
  const { channel = 1, stream = '', large = false } = parts;
  if (!Number.isInteger(channel) || channel < 1 || channel > 99)
    throw new DeepInfantError('bad-channel', `A camera's channel is a number from 1 to 99, not ${channel}.`);
  const pattern = (large ? maker.largePath : undefined) ?? maker.path;
  if (pattern.includes('{stream}') && stream.trim() === '')
    throw new DeepInfantError('no-stream-name', `${maker.name} needs the stream's name. ${maker.setUp}`);
  const path = pattern
    .replace('{channel}', String(channel))
    .replace('{0channel}', String(channel).padStart(2, '0'))
    .replace('{stream}', () => encodePart(stream.trim()));
  const { hostname, port = maker.port } = parseHost(host);
  return `rtsp://${hostname}:${port}${path}`;
}
