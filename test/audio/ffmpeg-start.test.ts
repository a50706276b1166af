import assert from 'node:assert/strict';
import { ffmpegStartError, INSTALL_FFMPEG } from '../../src/audio/ffmpeg.js';

describe('ffmpegStartError', () => {
  const error = (code: string): Error => Object.assign(new Error(`spawn ffmpeg ${code}`), { code });

  it('says how to install ffmpeg where there is none', () => {
    for (const code of ['ENOENT', 'EACCES']) {
      const { code: kind, message } = ffmpegStartError('a.mp3 needs ffmpeg', error(code));
      assert.equal(kind, 'ffmpeg-missing');
      assert.ok(message.endsWith(INSTALL_FFMPEG), message);
    }
  });

  it('says nothing of that where the system cannot start it now', () => {
    for (const code of ['EMFILE', 'EAGAIN', 'ENOMEM']) {
      const { code: kind, message } = ffmpegStartError('a.mp3 needs ffmpeg', error(code));
      assert.equal(kind, 'ffmpeg-not-started');
      assert.match(message, new RegExp(`^a.mp3 needs ffmpeg, which .*${code}.*try it again later\\.$`));
    }
  });
});
