import assert from 'node:assert/strict';
import { explainEnd, type FfmpegEnd } from '../../../src/audio/live/ffmpeg-complaint.js';

const address = { url: 'rtsp://camera:554/live', user: 'admin', password: 'hunter2' };

function explain(end: Partial<FfmpegEnd>): ReturnType<typeof explainEnd> {
  return explainEnd({ heard: false, status: 1, said: [], tracks: [], ...end }, address);
}

describe('explainEnd', () => {
  it("knows the words of glibc, musl and macOS, and ffmpeg's of other versions", () => {
    for (const [line, kind] of [
      [
        '[tcp @ 0x5] [error] Connection to tcp://camera:554?timeout=5000000 failed: Operation timed out',
        'unreachable',
      ],
      [
        '[tcp @ 0x5] [error] Connection to tcp://camera:554?timeout=5000000 failed: Host is unreachable',
        'unreachable',
      ],
      [
        '[tcp @ 0x5] [error] Connection to tcp://camera:554?timeout=5000000 failed: No route to host',
        'unreachable',
      ],
      [
        '[tcp @ 0x5] [error] Connection to tcp://camera:554?timeout=5000000 failed: Network unreachable',
        'unreachable',
      ],
      ['[tcp @ 0x5] [error] Failed to resolve hostname camera: Name does not resolve', 'unreachable'],
      ['[error] pipe:0: Server returned 401 Unauthorized (authorization failed)', 'wrong-password'],
      ['[rtsp @ 0x5] [error] method SETUP failed: 453 Not Enough Bandwidth', 'not-a-stream'],
      ['[error] Output file #0 does not contain any stream', 'no-audio'],
    ] as const)
      assert.equal(explain({ said: [line] }).kind, kind, line);
  });

  it('passes on what it does not know, without secrets', () => {
    const said = [
      "[rtsp @ 0x5] [error] No way to 'rtsp://admin:hunter2@camera/live' with hunter2",
      '[fatal] Failed',
    ];
    assert.deepEqual(explain({ said }), {
      kind: 'not-a-stream',
      message:
        "rtsp://camera:554/live sends no sound: ffmpeg says: No way to 'rtsp://***@camera/live' with ***.",
    });
    assert.match(explain({}).message, /ffmpeg ended with status 1/);
    assert.match(explain({ status: null }).message, /ffmpeg was killed/);
  });

  it('takes every end of what was heard for a broken connection', () => {
    assert.equal(
      explain({ heard: true, said: ['[error] Server returned 401 Unauthorized'] }).kind,
      'disconnected',
    );
    assert.equal(explain({ heard: true, status: null }).kind, 'disconnected');
    assert.equal(explain({ status: 0 }).kind, 'disconnected');
  });
});
