import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { playInRealTime, readRecording, type RecordingOptions } from '../../src/audio/recording.js';
import { listRecordings } from '../../src/audio/recording-list.js';
import { shownPath } from '../../src/files/path-text.js';
import { SAMPLE_RATE, type AudioChunk } from '../../src/values.js';
import { needTools } from '../tools.js';
import { ffmpeg } from './ffmpeg-tool.js';
import { concat } from '../../src/concat.js';
import { assertSame, decibels, noise, rms, tone } from './signals.js';
import { chunk, formatChunk, wavFile, writeWav } from './wav-writer.js';

let folder: string;
const file = (name: string): string => path.join(folder, name);

function write(name: string, bytes: Buffer | string): string {
  writeFileSync(file(name), bytes);
  return file(name);
}

/** The chunks, added to `chunks` as they come. */
async function readChunks(
  input: string | Buffer,
  chunks: AudioChunk[] = [],
  options: RecordingOptions = {},
): Promise<AudioChunk[]> {
  for await (const chunk of readRecording(input, options)) chunks.push(chunk);
  return chunks;
}

async function read(input: string | Buffer): Promise<Float32Array> {
  return concat((await readChunks(input)).map(chunk => chunk.samples));
}

/** Root may read everything, so it steps down for this. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-recording-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

describe('readRecording', () => {
  it('gives chunks of a second, counted from 0', async () => {
    const samples = noise(2.5 * SAMPLE_RATE).map(x => Math.floor(x * 32768) / 32768);
    const recording = write('night.wav', writeWav(samples, { rate: SAMPLE_RATE }));
    const chunks = await readChunks(recording, [], { startAt: 1000 });
    assert.deepEqual(
      chunks.map(({ samples, ...rest }) => ({ length: samples.length, ...rest })),
      [
        { length: 16000, firstSample: 0, at: 1000, source: 'night.wav', lost: 0 },
        { length: 16000, firstSample: 16000, at: 2000, source: 'night.wav', lost: 0 },
        { length: 8000, firstSample: 32000, at: 3000, source: 'night.wav', lost: 0 },
      ],
    );
    assertSame(concat(chunks.map(chunk => chunk.samples)), samples);
  });

  it('reads a Buffer as it reads a file', async () => {
    const wav = writeWav(tone(440, 44100, 100000), { rate: 44100 });
    assertSame(await read(wav), await read(write('a.wav', wav)));
    assert.equal((await readChunks(wav))[0].source, 'buffer');
    assert.equal((await readChunks(wav, [], { source: 'cot' }))[0].source, 'cot');
  });

  it('tells the format by the bytes, not by the name', async () => {
    const samples = await read(
      write('song.mp3', writeWav(tone(440, SAMPLE_RATE, 100), { rate: SAMPLE_RATE })),
    );
    assert.equal(samples.length, 100);
  });

  it('reads 192 kHz and 8 channels', async () => {
    const mono = tone(1000, 192000, 192000);
    const interleaved = new Float32Array(8 * mono.length).map((_, i) => mono[i >> 3]);
    const samples = await read(writeWav(interleaved, { rate: 192000, channels: 8, format: 'pcm24' }));
    const wanted = tone(1000, SAMPLE_RATE, SAMPLE_RATE);
    assert.equal(samples.length, wanted.length);
    assert.ok(samples.subarray(100, -100).every((x, n) => Math.abs(x - wanted[n + 100]) < 1e-4));
  });

  it('hears nothing but NaN as silence', async () => {
    const samples = await read(
      writeWav(new Float32Array(48000).fill(NaN), { rate: 48000, format: 'float32' }),
    );
    assertSame(samples, new Float32Array(16000));
  });

  it('keeps a clipped recording in [-1, 1] though the filter overshoots', async () => {
    const square = tone(500, 48000, 48000).map(x => (x < 0 ? -1 : 1));
    const samples = await read(writeWav(square, { rate: 48000, format: 'float32' }));
    assert.equal(
      samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0),
      1,
    );
  });

  it('stops when it is told to', async () => {
    const wav = writeWav(new Float32Array(100000), { rate: SAMPLE_RATE });
    await assert.rejects(readChunks(wav, [], { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  it('reads two hours with flat memory', async function () {
    this.timeout(60000);
    const durationS = 7200;
    // Sparse: the file system gives zeros for what was never written.
    const recording = write('long.wav', '');
    const data = chunk('data', Buffer.alloc(0), durationS * SAMPLE_RATE * 2);
    const header = wavFile(formatChunk(1, SAMPLE_RATE, 1, 2), data);
    const handle = openSync(recording, 'w');
    writeSync(handle, header);
    closeSync(handle);
    truncateSync(recording, header.length + durationS * SAMPLE_RATE * 2);

    const before = process.memoryUsage.rss();
    const start = performance.now();
    let peak = before;
    let length = 0;
    for await (const { samples } of readRecording(recording)) {
      length += samples.length;
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    const growthMb = (peak - before) / 2 ** 20;
    const seconds = (performance.now() - start) / 1000;
    console.log(`      2 h read in ${seconds.toFixed(1)} s, RSS grew by ${growthMb.toFixed(0)} MB`);
    assert.equal(length, durationS * SAMPLE_RATE);
    assert.ok(growthMb < 80);
  });

  describe('says what is wrong with', () => {
    /** Fails unless reading ends with an error of that code whose message names the recording. */
    async function assertError(input: string | Buffer, code: string, hint: RegExp): Promise<Float32Array> {
      const chunks: AudioChunk[] = [];
      await assert.rejects(readChunks(input, chunks), (error: Error & { code?: string }) => {
        const name = typeof input === 'string' ? shownPath(input) : 'The buffer';
        assert.equal(error.name, 'DeepInfantError', error.stack);
        assert.equal(error.code, code);
        assert.ok(error.message.startsWith(name), error.message);
        assert.match(error.message, hint);
        return true;
      });
      return concat(chunks.map(chunk => chunk.samples));
    }

    it('a missing file', () => assertError(file('none.wav'), 'not-found', /does not exist/));

    it('a file in a file', () => assertError(write('a', 'x') + '/b.wav', 'not-found', /does not exist/));

    it('a path that no file can have', () => assertError('a\0.wav', 'not-found', /does not exist/));

    it('a folder', () => assertError(folder, 'not-a-file', /is a folder/));

    it('a device', () => assertError('/dev/zero', 'not-a-file', /device/));

    it('a link to itself', async () => {
      symlinkSync('loop.wav', file('loop.wav'));
      await assertError(file('loop.wav'), 'unreadable', /ELOOP/);
    });

    it('a file that may not be read', async () => {
      const secret = write('secret.wav', writeWav(new Float32Array(10), { rate: SAMPLE_RATE }));
      chmodSync(secret, 0);
      await asNobody(async () => {
        await assertError(secret, 'unreadable', /permission/);
      });
    });

    it('an empty file or Buffer', async () => {
      await assertError(write('empty.wav', ''), 'empty', /empty/);
      await assertError(Buffer.alloc(0), 'empty', /empty/);
    });

    it('a header without samples', async () => {
      const wav = writeWav(new Float32Array(0), { rate: SAMPLE_RATE });
      await assertError(wav, 'no-samples', /no audio/);
      await assertError(wav.subarray(0, 40), 'no-samples', /no audio/);
      await assertError(
        writeWav(new Float32Array(100), { rate: 16000 }).subarray(0, 44),
        'no-samples',
        /no audio/,
      );
      await assertError(writeWav(new Float32Array(3), { rate: 192000 }), 'no-samples', /no audio/);
    });

    it('what is not audio', async () => {
      await assertError(write('text.wav', 'Dear diary,\nshe slept.\n'), 'not-audio', /known format/);
      await assertError(Buffer.from('x'), 'not-audio', /known format/);
      await assertError(Buffer.from(noise(25000).buffer), 'not-audio', /known format/);
      await assertError(
        write('list.m3u8', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'),
        'not-audio',
        /known format/,
      );
    });

    it('a sample rate that no recorder has', async () => {
      const wav = writeWav(new Float32Array(100), { rate: 4e9, format: 'pcm8' });
      await assertError(wav, 'not-audio', /4000000000 samples a second/);
      await assertError(writeWav(new Float32Array(100), { rate: 0 }), 'not-audio', /0 samples a second/);
    });

    it('a truncated WAV, after all that is there', async () => {
      const wav = writeWav(tone(440, SAMPLE_RATE, 40000), { rate: SAMPLE_RATE });
      const samples = await assertError(wav.subarray(0, 44 + 2 * 30000), 'truncated', /1\.9 s of 2\.5 s/);
      assertSame(samples, (await read(wav)).subarray(0, 30000));
    });

    it('a format that needs ffmpeg, where there is none', async () => {
      const { PATH } = process.env;
      process.env.PATH = folder;
      try {
        await assertError(write('a.mp3', 'ID3 and so on'), 'ffmpeg-missing', /apt install ffmpeg/);
        const adpcm = wavFile(formatChunk(0x11, 16000, 1, 1), chunk('data', Buffer.alloc(100)));
        await assertError(adpcm, 'ffmpeg-missing', /apt install ffmpeg/);
      } finally {
        process.env.PATH = PATH;
      }
    });
  });

  describe('through ffmpeg', () => {
    before(function () {
      needTools(this, 'ffmpeg');
      write('tone.wav', writeWav(tone(440, 44100, 3 * 44100), { rate: 44100 }));
    });

    // How ffmpeg makes the file from the WAV.
    const formats: [name: string, ...options: string[]][] = [
      ['a.mp3'],
      ['untagged.mp3', '-id3v2_version', '0', '-write_xing', '0'],
      ['a.opus'],
      ['a.ogg', '-c:a', 'libvorbis'],
      ['a.oga', '-c:a', 'flac'],
      ['a.mp4'],
      ['a.m4a', '-movflags', 'faststart'],
      ['a.3gp', '-c:a', 'aac'],
      ['a.aac'],
      ['a.webm'],
      ['a.mka'],
      ['a.caf', '-ar', '16000', '-c:a', 'adpcm_ima_qt'],
      ['a.aiff'],
      ['a.au'],
      ['a.w64'],
      ['a.wma'],
      ['a.avi'],
      ['adpcm.wav', '-c:a', 'adpcm_ima_wav'],
      ['rf64.wav', '-rf64', 'always'],
      ['a.flac'],
    ];
    for (const [name, ...options] of formats) {
      it(`reads ${name}${options.length > 0 ? ` (${options.join(' ')})` : ''}, as a file and as a Buffer`, async () => {
        ffmpeg('-i', file('tone.wav'), ...options, file(name));
        const samples = await read(file(name));
        assert.ok(
          Math.abs(samples.length - 3 * SAMPLE_RATE) < 0.1 * SAMPLE_RATE,
          `${samples.length} samples`,
        );
        const middle = samples.subarray(SAMPLE_RATE, 2 * SAMPLE_RATE);
        assert.ok(Math.abs(decibels((rms(middle) * Math.SQRT2) / 0.5)) < 1, `${decibels(rms(middle))} dB`);
        // 440 Hz crosses zero upwards 440 times a second.
        const crossings = middle.filter((x, n) => n > 0 && x >= 0 && middle[n - 1] < 0).length;
        assert.ok(Math.abs(crossings - 440) <= 1, `${crossings} crossings`);
        assertSame(await read(readFileSync(file(name))), samples);
      });
    }

    it('refuses a rate that is not a number', async () => {
      ffmpeg('-i', file('tone.wav'), file('rate.caf'));
      const bytes = readFileSync(file('rate.caf'));
      // The first chunk's first field, behind its head.
      bytes.writeDoubleBE(NaN, 20);
      await assert.rejects(read(bytes), { code: 'not-audio', message: /claims NaN samples a second/ });
    });

    it('expands every code of A-law and mu-law as ffmpeg does', async () => {
      const codes = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
      for (const [tag, codec] of [
        [6, 'alaw'],
        [7, 'mulaw'],
      ] as const) {
        write('codes', codes);
        ffmpeg('-f', codec, '-ar', '16000', '-i', file('codes'), '-c:a', 'pcm_s16le', file('codes.wav'));
        const wav = wavFile(formatChunk(tag, 16000, 1, 1), chunk('data', codes));
        assertSame(await read(wav), await read(file('codes.wav')));
      }
    });

    const ENDINGS: [name: string, ...options: string[]][] = [
      ['end.m4a', '-movflags', 'faststart'],
      ['end.mka'],
      ['end.aac'],
      ['end.wma'],
      ['end.mp3'],
    ];
    for (const [name, ...options] of ENDINGS)
      it(`tells where ${name} ends early, and where there is just something behind its end`, async () => {
        ffmpeg('-i', file('tone.wav'), ...options, file(name));
        const whole = readFileSync(file(name));
        const { length } = await read(whole);
        for (const tail of [Buffer.alloc(700), Buffer.alloc(700, 'hello world ')])
          assert.equal((await read(Buffer.concat([whole, tail]))).length, length);
        // Nothing in an MP3 tells its length for sure.
        if (name !== 'end.mp3')
          await assert.rejects(read(whole.subarray(0, whole.length * 0.7)), { code: 'truncated' });
      });

    it('says so when much of a file is damaged', async () => {
      ffmpeg('-i', file('tone.wav'), '-movflags', 'faststart', file('hole.m4a'));
      const hole = readFileSync(file('hole.m4a'));
      hole.fill(0, hole.length >> 1, hole.length - 5000);
      await assert.rejects(read(hole), { code: 'truncated' });
    });

    it('says so when ffmpeg is killed, after all that it gave', async () => {
      const { PATH } = process.env;
      ffmpeg('-i', file('tone.wav'), file('killed.mp3'));
      const killed = path.join(folder, 'killed');
      mkdirSync(killed);
      const script = `#!/bin/sh\nPATH='${PATH}'\nffmpeg "$@" | head -c $BYTES\nkill -KILL $$\n`;
      writeFileSync(path.join(killed, 'ffmpeg'), script, { mode: 0o755 });
      process.env.PATH = killed;
      try {
        const chunks: AudioChunk[] = [];
        process.env.BYTES = String(4 * 2 * 44100);
        await assert.rejects(readChunks(file('killed.mp3'), chunks), {
          code: 'truncated',
          message: /killed \(SIGKILL\)/,
        });
        assert.equal(chunks.length, 2);
        process.env.BYTES = '0';
        await assert.rejects(read(file('killed.mp3')), { message: /killed \(SIGKILL\)/ });
      } finally {
        process.env.PATH = PATH;
        delete process.env.BYTES;
      }
    });

    it('says what is wrong with a truncated MP4, a film without sound and rubbish behind a tag', async () => {
      ffmpeg('-i', file('tone.wav'), '-movflags', 'faststart', file('fast.m4a'));
      const fast = readFileSync(file('fast.m4a'));
      const chunks: AudioChunk[] = [];
      await assert.rejects(readChunks(fast.subarray(0, fast.length * 0.7), chunks), { code: 'truncated' });
      assert.equal(chunks[0].samples.length, SAMPLE_RATE);

      ffmpeg('-i', file('tone.wav'), file('slow.mp4'));
      const slow = readFileSync(file('slow.mp4'));
      const cutOff = write('cut-off.mp4', slow.subarray(0, slow.length / 2));
      await assert.rejects(readChunks(cutOff), {
        code: 'not-audio',
        message: /cut-off\.mp4 .*moov atom not found/,
      });

      ffmpeg('-f', 'lavfi', '-i', 'color=c=red:d=1:s=32x32', file('mute.mp4'));
      await assert.rejects(readChunks(file('mute.mp4')), {
        code: 'not-audio',
        message: /matches no streams/,
      });

      const rubbish = Buffer.concat([Buffer.from('ID3'), Buffer.from(noise(25000).buffer)]);
      await assert.rejects(readChunks(write('rubbish.mp3', rubbish)), {
        code: 'not-audio',
        message: /rubbish\.mp3/,
      });
    });

    it('reads file names that look like options and protocols', async () => {
      const name = '-i concat:a|b $(touch x).mp3';
      ffmpeg('-i', file('tone.wav'), file('plain.mp3'));
      write(name, readFileSync(file('plain.mp3')));
      assertSame(await read(file(name)), await read(file('plain.mp3')));
    });

    it('opens no other file that a playlist behind a tag names', async () => {
      const tag = Buffer.from('ID3\x04\0\0\0\0\0\0');
      const list = write(
        'list.mp3',
        Buffer.concat([tag, Buffer.from('ffconcat version 1.0\nfile tone.wav\n')]),
      );
      await assert.rejects(readChunks(list), { code: 'not-audio' });
    });

    it('leaves no file of a Buffer behind, nor a process when the reader stops early', async () => {
      ffmpeg('-i', file('tone.wav'), file('early.mp3'));
      const bytes = readFileSync(file('early.mp3'));
      const { TMPDIR } = process.env;
      // Nobody else's.
      process.env.TMPDIR = mkdtempSync(path.join(folder, 'temporary-'));
      const leftovers = (): string[] => readdirSync(tmpdir());
      try {
        for await (const { samples } of readRecording(bytes)) {
          assert.equal(samples.length, SAMPLE_RATE);
          assert.equal(leftovers().length, 1);
          break;
        }
        assert.deepEqual(leftovers(), []);
      } finally {
        if (TMPDIR === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = TMPDIR;
      }
    });
  });
});

describe('playInRealTime', () => {
  async function* chunks(): AsyncGenerator<AudioChunk> {
    for (let n = 5; n < 9; n++) {
      const samples = new Float32Array(0.05 * SAMPLE_RATE);
      yield { samples, firstSample: n * samples.length, at: 0, source: 'test', lost: 0 };
      await Promise.resolve();
    }
  }

  it('hands each chunk out when its last sample would have been recorded', async () => {
    const start = performance.now();
    const times: number[] = [];
    for await (const { firstSample } of playInRealTime(chunks())) {
      times.push(performance.now() - start);
      assert.equal(firstSample, (4 + times.length) * 800);
    }
    assert.equal(times.length, 4);
    // Timers are late on a busy machine, but never early.
    for (const [n, time] of times.entries()) {
      assert.ok(time > (n + 1) * 50 - 2 && time < (n + 1) * 50 + 5000, `chunk ${n} came after ${time} ms`);
    }
  });

  it('makes up for a slow consumer', async () => {
    // A busy machine only adds to it, so the fastest of some counts. Whoever made up for nothing would take 150 ms.
    const times: number[] = [];
    do {
      let busyUntil = NaN;
      for await (const { firstSample } of playInRealTime(chunks())) {
        if (firstSample !== 5 * 800) continue;
        await new Promise(resolve => setTimeout(resolve, 250));
        busyUntil = performance.now();
      }
      times.push(performance.now() - busyUntil);
    } while (Math.min(...times) > 75 && times.length < 10);
    assert.ok(Math.min(...times) <= 75, times.join(' ms, '));
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    await assert.rejects(
      async () => {
        for await (const { firstSample } of playInRealTime(chunks(), { signal: stop.signal })) {
          assert.equal(firstSample, 5 * 800);
          stop.abort();
        }
      },
      { name: 'AbortError' },
    );
  });
});

describe('listRecordings', () => {
  it('takes files as they are and finds the recordings under folders, sorted', async () => {
    const root = file('list');
    mkdirSync(path.join(root, 'b', 'deep'), { recursive: true });
    mkdirSync(path.join(root, 'album.wav'));
    for (const name of [
      'z.wav',
      'a.FLAC',
      'notes.txt',
      '.hidden',
      'b/m.3gp',
      'b/deep/x.caf',
      'album.wav/1.mp3',
    ]) {
      writeFileSync(path.join(root, name), '');
    }
    const under = ['a.FLAC', 'album.wav/1.mp3', 'b/deep/x.caf', 'b/m.3gp', 'z.wav'].map(name =>
      path.join(root, name),
    );
    const notes = path.join(root, 'notes.txt');
    assert.deepEqual(await listRecordings([notes, root, under[0]]), [notes, ...under, under[0]]);
  });

  it('lists 10,000 files', async () => {
    const root = file('many');
    mkdirSync(root);
    for (let n = 0; n < 10000; n++) writeFileSync(path.join(root, `${n}.wav`), '');
    assert.equal((await listRecordings([root])).length, 10000);
  });

  it('names a missing path and a folder without recordings', async () => {
    await assert.rejects(listRecordings([folder, file('nowhere')]), {
      code: 'not-found',
      message: /nowhere/,
    });
    mkdirSync(file('bare'));
    await assert.rejects(listRecordings([file('bare')]), { code: 'no-recordings', message: /bare/ });
  });

  it('names a link to itself', async () => {
    symlinkSync('loop', file('loop'));
    await assert.rejects(listRecordings([file('loop')]), { code: 'unreadable', message: /loop.*ELOOP/ });
  });

  it('tells of a folder in a folder that may not be listed, and lists the rest', async () => {
    const [disk, found] = [file('disk'), file('disk/lost+found')];
    mkdirSync(found, { recursive: true });
    for (const name of ['a.wav', 'z.wav']) writeFileSync(path.join(disk, name), '');
    chmodSync(found, 0);
    chmodSync(folder, 0o755);
    await asNobody(async () => {
      await assert.rejects(listRecordings([disk]), { code: 'unreadable', message: /lost\+found/ });
      await assert.rejects(listRecordings([found], { unlisted: () => undefined }), { code: 'unreadable' });
      const skipped: unknown[] = [];
      const files = await listRecordings([disk], {
        unlisted: (folder, error) => {
          assert.match(String(error), /^DeepInfantError: \S+lost\+found cannot be read: .*permission/);
          skipped.push(folder);
        },
      });
      assert.deepEqual(files, [path.join(disk, 'a.wav'), path.join(disk, 'z.wav')]);
      assert.deepEqual(skipped, [found]);
    });
    chmodSync(found, 0o700);
  });
});
