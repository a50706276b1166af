import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** Skips the test, with the reason, on a machine without ffmpeg; in CI it fails there. */
export function needsFfmpeg(test: Context): void {
  if (!spawnSync('ffmpeg', ['-version']).error) return;
  if (process.env.CI === 'true') throw new Error('ffmpeg is missing; apt-get install ffmpeg');
  console.log('      skipped: ffmpeg is missing; apt-get install ffmpeg');
  test.skip();
}

/** Runs ffmpeg with the given arguments; the last is the file to write. */
export function ffmpeg(...args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`);
}
