import { spawnSync } from 'node:child_process';

/** Something that tests need beyond Node. */
interface Needed {
  /** Debian packages that hold it. */
  debian: string;
  /** What is tested with it. */
  for: string;
  /** Tells whether it is there, by its exit status; else `NAME --version`, by whether it starts at all. */
  check?: readonly [string, ...string[]];
}

export const TOOLS = {
  ffmpeg: { debian: 'ffmpeg', for: 'cameras, and recordings in formats other than WAV and FLAC' },
  'clang-14': { debian: 'clang-14', for: 'that native/ holds what its sources build' },
  'wasm-ld-14': { debian: 'lld-14', for: 'the same' },
  script: { debian: 'bsdutils', for: 'what a terminal shows' },
  zsh: { debian: 'zsh', for: 'shell completion' },
  fish: { debian: 'fish', for: 'the same' },
  openssl: { debian: 'openssl', for: 'cameras over TLS' },
  ip: { debian: 'iproute2', for: "Home Assistant's app", check: ['ip', '-V'] },
  ps: { debian: 'procps', for: 'that no process is left behind' },
  chromium: { debian: 'chromium', for: "the editor's dialogs" },
  arecord: { debian: 'alsa-utils', for: 'microphones' },
  // PulseAudio is reached over ALSA, by a plugin that no program tells of.
  pulseaudio: { debian: 'pulseaudio pulseaudio-utils libasound2-plugins', for: 'the same' },
  pipewire: { debian: 'pipewire pipewire-pulse wireplumber dbus-daemon', for: 'the same' },
  mosquitto: { debian: 'mosquitto', for: 'MQTT and Home Assistant' },
  debootstrap: { debian: 'debootstrap', for: 'installing Home Assistant' },
  'gst-rtsp-server': {
    debian:
      'python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly',
    for: 'cameras of many codecs',
    // Debian's own Python: its packages of GStreamer are for no other.
    check: ['/usr/bin/python3', '-c', "import gi; gi.require_version('GstRtspServer', '1.0')"],
  },
} as const satisfies Record<string, Needed>;
export type Tool = keyof typeof TOOLS;

export function isInstalled(tool: Tool): boolean {
  const { check }: Needed = TOOLS[tool];
  if (check) return spawnSync(check[0], check.slice(1), { stdio: 'ignore' }).status === 0;
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** The Debian packages that hold tools. */
export function packagesOf(tools: readonly Tool[]): string[] {
  return tools.flatMap(tool => TOOLS[tool].debian.split(' '));
}

/** The command that installs tools on Debian. */
export function installLine(tools: readonly Tool[]): string {
  return `apt-get install --no-install-recommends ${packagesOf(tools).join(' ')}`;
}

/** Skips a test or suite where a tool is missing, and says how to install it; in CI it fails there instead. */
export function needTools(context: Mocha.Context, ...tools: Tool[]): void {
  const missing = tools.filter(tool => !isInstalled(tool));
  if (missing.length > 0) skip(context, `${missing.join(', ')} not found; ${installLine(missing)}`);
}

/** Skips a test or suite for want of something, and says why; in CI, which must have everything, it fails instead. */
export function skip(context: Mocha.Context, reason: string): never {
  if (process.env.CI === 'true') throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  return context.skip();
}
