import { findCameras, type Found } from '../audio/cameras/find.js';
import { ffmpegVersion } from '../audio/ffmpeg.js';
import { listMicrophones, NO_MICROPHONES, type Microphone } from '../audio/live/microphone.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printJson } from './output.js';
import { clearStatus, showStatus } from './status-line.js';
import { defineCommand } from './command.js';
import { usageError } from './arguments.js';
import { PASSWORD_VARIABLE } from './camera-password.js';

export const command = defineCommand({
  synopsis: ['devices [options]'],
  takesOptionsOnly: true,
  description: `Lists this computer's microphones, the cameras that answer on this network, and the version of ffmpeg.`,
  options: {
    user: {
      type: 'string',
      value: 'NAME',
      help: `log in to the cameras with this user name, and the password in the environment variable ${PASSWORD_VARIABLE}`,
    },
    frigate: { type: 'string', value: 'HOST', help: 'also list the cameras of a Frigate server' },
    go2rtc: { type: 'string', value: 'HOST', help: 'also list the streams of a go2rtc server' },
    json: { type: 'boolean', default: false, help: 'print one JSON object' },
  },
  examples: [
    ['devices', 'what there is to listen to'],
    ['devices --user baby', 'with the streams of cameras that ask for a login'],
    ['devices --frigate 192.168.1.5', 'with the cameras of a Frigate'],
  ],
  run: async ({ values }) => {
    const { user, frigate, go2rtc } = values;
    const password = process.env[PASSWORD_VARIABLE];
    if (user !== undefined && password === undefined)
      throw usageError(`--user needs the password in the environment variable ${PASSWORD_VARIABLE}.`);
    const login = user !== undefined && password !== undefined ? { user, password } : undefined;
    const signal = abortOnInterrupt();
    showStatus('Looking for cameras; this takes a few seconds…');
    const search = Promise.all([
      listMicrophones(signal),
      findCameras({ login, frigate, go2rtc }, signal),
      ffmpegVersion(),
    ]);
    const [microphones, found, ffmpeg] = await search.finally(clearStatus);
    if (values.json) printJson({ microphones, ...found, ffmpeg: ffmpeg ?? null });
    else {
      printMicrophones(microphones);
      print('');
      printCameras(found, user);
      print(`\nffmpeg: ${ffmpeg ?? 'not found; cameras need it (see README)'}`);
    }
    return 0;
  },
});

function printMicrophones(microphones: readonly Microphone[]): void {
  print('Microphones (deepinfant listen mic:NAME)');
  if (microphones.length === 0) print(`  none. ${NO_MICROPHONES}`);
  for (const { name, backend, isDefault } of microphones)
    print(`  ${name}  (${backend}${isDefault ? ', the default' : ''})`);
}

/** @param user the one that was tried */
function printCameras({ cameras, problems }: Found, user: string | undefined): void {
  print('Cameras (deepinfant listen URL)');
  if (cameras.length === 0) print('  none answered. docs/cameras.md lists the address of each maker.');
  for (const { name, host, via, address, tracks = [], problem } of cameras) {
    const carried = tracks.map(({ kind, codec }) => `, ${kind} ${codec}`).join('');
    print(`  ${name}  ${addressText(address, user) ?? host}  (${via}${carried})`);
    if (problem) print(`    ${problem.message}`);
  }
  for (const { message } of problems) print(`  ${message}`);
  if (user === undefined && cameras.some(({ via, address }) => via === 'onvif' && address === undefined))
    print(`  'deepinfant devices --user NAME' logs in, with the password in ${PASSWORD_VARIABLE}.`);
}

/** As `listen` takes it. */
function addressText(address: string | undefined, user: string | undefined): string | undefined {
  return user === undefined ? address : address?.replace('//', `//${encodeURIComponent(user)}@`);
}
