import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { listRecordings, type Skipped, skippedText } from '../../src/audio/recording-list.js';
import { readRecording } from '../../src/audio/recording.js';
import { concat } from '../../src/concat.js';
import { pathText, systemPath } from '../../src/files/path-text.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { commandLineOf } from '../command-lines.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { ffmpeg } from './ffmpeg-tool.js';
import { assertSame, decibels, noise, rms, tone } from './signals.js';
import { chunk, formatChunk, wavFile, writeWav } from './wav-writer.js';

const RATE = 44100;

describe('readRecording of a recording that is not as it says', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const write = (name: string, bytes: Buffer): string => {
    writeFileSync(file(name), bytes);
    return file(name);
  };

  before(function () {
    needTools(this, 'ffmpeg');
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-faults-'));
    write('tone.wav', writeWav(tone(440, RATE, 3 * RATE), { rate: RATE }));
    write('silence.wav', writeWav(new Float32Array(3 * RATE), { rate: RATE }));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  describe('channels that cancel each other out', () => {
    const inputs: [name: string, ...options: string[]][] = [
      ['inverted.wav'],
      ['inverted.flac'],
      ['inverted.aiff'],
      ['inverted.mp3'],
      ['inverted.m4a'],
      ['inverted.ogg', '-c:a', 'libvorbis'],
    ];
    for (const [name, ...options] of inputs) {
      it(`are heard in ${name}, which is said`, async () => {
        ffmpeg('-i', file('tone.wav'), '-af', 'pan=stereo|c0=c0|c1=-1*c0', ...options, file(name));
        const { samples, warnings } = await hear(file(name));
        assertTone(samples, 0.5, 2.5);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0], /cancel each other out.* channel [12] is heard alone/);
      });
    }

    it('are heard where one of six channels sounds', async () => {
      ffmpeg('-i', file('tone.wav'), '-af', 'pan=5.1|c3=c0', file('six.wav'));
      const { samples, warnings } = await hear(file('six.wav'));
      assertTone(samples, 0.5, 2.5);
      assert.match(warnings[0], /channel 4 is heard alone/);
    });

    it('are the mean before and after', async () => {
      const invert = "aeval='val(0)|val(0)*if(between(t,1,2),-1,1)':c=stereo";
      ffmpeg('-i', file('tone.wav'), '-af', invert, file('second.wav'));
      const { samples } = await hear(file('second.wav'));
      for (const fromS of [0.2, 1.3, 2.3]) assertTone(samples, fromS, fromS + 0.6);
    });
  });

  describe('a track that is silent before one that sounds', () => {
    for (const name of ['tracks.mp4', 'tracks.mkv', 'tracks.mov', 'tracks.ts']) {
      it(`does not keep that of ${name} from being heard`, async () => {
        const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:a', 'aac'];
        ffmpeg(...inputs('silence.wav', 'silence.wav', 'tone.wav'), ...maps, file(name));
        const { samples, warnings } = await hear(file(name));
        assertTone(samples, 0.5, 2.5);
        assert.match(warnings[0], /Of the 3 audio tracks of .*, number 3 is heard/);
      });
    }

    it('does not keep that of a broadcast of two programs that share the silent one from being heard', async () => {
      const programs = ['-program', 'st=0:st=1', '-program', 'st=0:st=2'];
      const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:a', 'mp2'];
      ffmpeg(...inputs('silence.wav', 'silence.wav', 'tone.wav'), ...maps, ...programs, file('programs.ts'));
      const { samples, warnings } = await hear(file('programs.ts'));
      assertTone(samples, 0.5, 2.5);
      assert.match(warnings[0], /Of the 3 audio tracks of .*, number 3 is heard/);
    });

    it('may be damaged, or of a codec that nobody knows', async () => {
      ffmpeg(...inputs('tone.wav', 'tone.wav'), '-map', '0', '-map', '1', '-c:a', 'aac', file('codecs.mp4'));
      const unknown = readFileSync(file('codecs.mp4'));
      unknown.write('zzzz', unknown.indexOf('mp4a'));
      const codecs = ['-c:a:0', 'flac', '-c:a:1', 'pcm_s16le'];
      ffmpeg(...inputs('tone.wav', 'tone.wav'), '-map', '0', '-map', '1', ...codecs, file('codecs.mkv'));
      const damaged = readFileSync(file('codecs.mkv'));
      const frame = Buffer.from([0xff, 0xf8]);
      for (let at = damaged.indexOf(frame); at >= 0; at = damaged.indexOf(frame, at))
        damaged.fill(0, at, at + 2);
      for (const bytes of [unknown, damaged])
        assertTone((await hear(write('broken', bytes))).samples, 0.5, 2.5);
    });

    it('may hold a hum that nobody hears', async () => {
      const hum = ['-f', 'lavfi', '-i', 'aevalsrc=0.5*sin(2*PI*5*t):s=44100:d=3'];
      ffmpeg(...hum, ...inputs('tone.wav'), '-map', '0', '-map', '1', '-c:a', 'flac', file('hum.mkv'));
      assertTone((await hear(file('hum.mkv'))).samples, 0.5, 2.5);
    });

    describe('is looked for', () => {
      const { PATH } = process.env;
      let programs: string;
      /** Puts a program in ffmpeg's place that notes each start, and goes on with some more lines. */
      const replaceFfmpeg = (...lines: string[]): void => {
        programs = mkdtempSync(path.join(folder, 'programs-'));
        const script = ['#!/bin/sh', `PATH='${PATH}'`, `echo $$ >>'${programs}/starts'`, ...lines];
        writeFileSync(path.join(programs, 'ffmpeg'), script.join('\n'), { mode: 0o755 });
        process.env.PATH = `${programs}:${PATH}`;
      };
      const starts = (): string[] => readFileSync(`${programs}/starts`, 'utf8').trim().split('\n');
      before(() => {
        const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:a', 'flac'];
        ffmpeg(...inputs('silence.wav', 'silence.wav', 'tone.wav'), ...maps, file('passes.mkv'));
      });
      afterEach(() => {
        process.env.PATH = PATH;
      });

      it('in one pass over all tracks', async () => {
        replaceFfmpeg('exec ffmpeg "$@"');
        const { warnings } = await hear(file('passes.mkv'));
        assert.match(warnings[0], /number 3 is heard/);
        assert.equal(starts().length, 3, 'what there is, how loud it is, and the sound');
      });

      it('no longer than the reader wants', async () => {
        for (const hangs of ['sleep 60', 'case "$*" in *astats*) sleep 60;; esac; exec ffmpeg "$@"']) {
          replaceFfmpeg(hangs.replaceAll('sleep', 'exec sleep'));
          const stopping = new AbortController();
          const reading = assert.rejects(hear(file('passes.mkv'), stopping.signal), { name: 'AbortError' });
          const isHanging = (): boolean => {
            const last = existsSync(`${programs}/starts`) ? starts().at(-1)! : '';
            return last !== '' && commandLineOf(last).startsWith('sleep');
          };
          await until(isHanging, 'ffmpeg');
          stopping.abort();
          await reading;
          assert.throws(() => process.kill(Number(starts().at(-1)), 0), { code: 'ESRCH' });
        }
      });
    });

    it('is the one that is heard if it sounds too', async () => {
      write('low.wav', writeWav(tone(220, RATE, 3 * RATE, 0.2), { rate: RATE }));
      const maps = ['-map', '0', '-map', '1', '-c:a', 'aac'];
      ffmpeg(...inputs('low.wav', 'tone.wav'), ...maps, file('both.mp4'));
      const { samples, warnings } = await hear(file('both.mp4'));
      assert.deepEqual(warnings, []);
      const middle = samples.subarray(SAMPLE_RATE, 2 * SAMPLE_RATE);
      assert.equal(Math.round(upwardCrossings(middle) / 10), 22);
    });

    function inputs(...names: string[]): string[] {
      return names.flatMap(name => ['-i', file(name)]);
    }
  });

  describe('timestamps', () => {
    const video = ['-f', 'lavfi', '-i', 'color=c=red:d=6:s=32x32:r=5'];
    const late: [name: string, ...before: string[]][] = [
      ['late.mp4', ...video],
      ['late.mkv', ...video],
      ['late.ts', ...video],
      ['late-alone.m4a'],
      ['late-alone.mka'],
    ];
    for (const [name, ...before] of late) {
      it(`are kept where the sound of ${name} begins 3 s late`, async () => {
        const maps = before.length > 0 ? ['-map', '0', '-map', '1'] : [];
        const sound = ['-itsoffset', '3', '-i', file('tone.wav')];
        ffmpeg(...before, ...sound, ...maps, '-c:a', 'aac', file(name));
        const { samples } = await hear(file(name));
        assert.ok(rms(samples.subarray(0, 2.8 * SAMPLE_RATE)) < 0.001);
        assertTone(samples, 3.2, 5.8);
        assertLength(samples, 6);
      });
    }

    for (const name of ['gap.mkv', 'gap.mp4', 'gap.webm', 'gap.ts']) {
      it(`are kept where 5 s are missing in ${name}`, async () => {
        const codec = name === 'gap.webm' ? 'libopus' : 'aac';
        const gap = "asetpts='PTS+if(gte(T,1),5/TB,0)'";
        ffmpeg('-i', file('tone.wav'), '-af', gap, '-c:a', codec, '-ar', '48000', file(name));
        const { samples } = await hear(file(name));
        assertTone(samples, 0.1, 0.9);
        assert.ok(rms(samples.subarray(1.3 * SAMPLE_RATE, 5.7 * SAMPLE_RATE)) < 0.001);
        assertTone(samples, 6.3, 7.8);
        assertLength(samples, 8);
      });
    }

    for (const [name, codec] of [
      ['pause.ts', 'mp2'],
      ['pause.flv', 'aac'],
      ['pause.mkv', 'libvorbis'],
    ])
      it(`are kept where 70 s are missing in ${name}`, async () => {
        const gap = "asetpts='PTS+if(gte(T,1),70/TB,0)'";
        ffmpeg('-i', file('tone.wav'), '-af', gap, '-c:a', codec, file(name));
        const { samples } = await hear(file(name));
        assertTone(samples, 0.1, 0.9);
        assertTone(samples, 71.3, 72.8);
        assertLength(samples, 73);
      });

    const joined: [name: string, ...options: string[]][] = [
      ['joined.wav'],
      ['joined.flac'],
      ['joined.mp3', '-write_xing', '0', '-id3v2_version', '0'],
      ['joined.aac'],
      ['joined.ogg', '-c:a', 'libvorbis'],
      ['joined.opus', '-c:a', 'libopus'],
      ['joined.ac3', '-ac', '2'],
      ['joined.ts', '-c:a', 'mp2'],
    ];
    for (const [name, ...options] of joined)
      it(`begin anew, and so may the rate and the channels, where recordings are joined in ${name}`, async () => {
        // ffmpeg makes stereo quieter, and mono of it louder again where it is the one that reads it.
        const stereo = /wav|flac/.test(name) ? ['-af', 'pan=stereo|c0=c0|c1=c0'] : ['-ac', '2'];
        const parts = [
          ['-ar', '48000', '-ac', '1'],
          ['-ar', '32000', ...stereo],
          ['-ar', '48000', '-ac', '1'],
        ].map((format, i) => {
          // Opus has one rate, and its decoder goes on with one channel.
          const rate = name === 'joined.opus' ? [] : format;
          ffmpeg('-i', file('tone.wav'), ...options, ...rate, file(`${i}${path.extname(name)}`));
          return readFileSync(file(`${i}${path.extname(name)}`));
        });
        const { samples } = await hear(write(name, Buffer.concat(parts)));
        for (const fromS of [0.25, 3.5, 6.5]) assertTone(samples, fromS, fromS + 2.25);
        assert.ok(Math.abs(samples.length / SAMPLE_RATE - 9) < 0.4, `${samples.length / SAMPLE_RATE} s`);
      });

    for (const name of ['thousands.wav', 'thousands.flac'])
      it(`are heard one after another, however many are joined in ${name}`, async () => {
        const one = `one-of-${name}`;
        ffmpeg('-i', file('tone.wav'), '-ar', String(SAMPLE_RATE), '-t', '0.016', '-bitexact', file(one));
        const many = Buffer.concat(Array<Buffer>(8000).fill(readFileSync(file(one))));
        const { samples } = await hear(write(name, many));
        assert.equal(samples.length, 8000 * 0.016 * SAMPLE_RATE);
      });

    for (const [name, offsetS] of [
      ['wrap.ts', 95_442],
      ['wrap-soon.ts', 95_434],
    ] as const)
      it(`that begin at 0 again after 26.5 h lose no sound: ${name}`, async () => {
        const long = ['-f', 'lavfi', '-i', 'aevalsrc=0.5*sin(2*PI*440*t):s=48000:d=12', '-c:a', 'mp2'];
        ffmpeg(...long, '-output_ts_offset', String(offsetS), file(name));
        const { samples } = await hear(file(name));
        assertTone(samples, 0.1, 11.9);
        assertLength(samples, 12);
      });

    it('that go back lose no sound', async () => {
      ffmpeg('-i', file('tone.wav'), '-c:a', 'libvorbis', file('part.ogg'));
      const part = readFileSync(file('part.ogg'));
      const { samples } = await hear(write('chained.ogg', Buffer.concat([part, part])));
      assertTone(samples, 0.1, 2.9);
      assertTone(samples, 3.2, 5.8);
    });

    it('of a clock are not a late beginning', async () => {
      ffmpeg('-itsoffset', '3600', '-i', file('tone.wav'), '-c:a', 'aac', file('clock.mka'));
      assertLength((await hear(file('clock.mka'))).samples, 3);
    });
  });

  describe('a header that declares less than there is', () => {
    const sound = tone(440, 16000, 4 * 16000).map((sample, i) => (i < 16000 ? 0 : sample));
    const pcm = Buffer.alloc(2 * sound.length);
    sound.forEach((sample, i) => pcm.writeInt16LE(Math.round(sample * 32767), 2 * i));
    const secondBytes = 2 * 16000;

    /** Makes the only number like that in a header another one. */
    function declare(bytes: Buffer, patch: (bytes: Buffer) => void): Buffer {
      patch(bytes);
      return bytes;
    }

    const make = (format: string): Buffer => {
      ffmpeg('-f', 's16le', '-ar', '16000', '-ac', '1', '-i', write('pcm', pcm), file(`whole.${format}`));
      return readFileSync(file(`whole.${format}`));
    };
    const inputs: [name: string, bytes: () => Buffer][] = [
      ['short.wav', () => wavFile(formatChunk(1, 16000, 1, 2), chunk('data', pcm, secondBytes))],
      [
        'short.w64',
        () =>
          declare(make('w64'), bytes => bytes.writeBigUInt64LE(BigInt(secondBytes + 24), dataAt(bytes) + 16)),
      ],
      [
        'short.aiff',
        () => declare(make('aiff'), bytes => bytes.writeUInt32BE(secondBytes + 8, bytes.indexOf('SSND') + 4)),
      ],
      [
        'short.caf',
        () =>
          declare(make('caf'), bytes => bytes.writeBigInt64BE(BigInt(secondBytes + 4), dataAt(bytes) + 4)),
      ],
      ['short.au', () => declare(make('au'), bytes => bytes.writeUInt32BE(secondBytes, 8))],
      ['short.flac', () => declare(make('flac'), bytes => bytes.writeUInt32BE(16000, 8 + 14))],
    ];
    for (const [name, bytes] of inputs) {
      it(`does not keep ${name} from being heard to its end, which is said`, async () => {
        const { samples, warnings } = await hear(write(name, bytes()));
        assert.equal(samples.length, sound.length);
        assertTone(samples, 1.1, 3.9);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0], /holds 4\.0 s of audio, though its header says 1\.0 s/);
      });
    }

    it('is not seen in tags, padding and other chunks behind the sound', async () => {
      const data = chunk('data', pcm);
      const format = formatChunk(1, 16000, 1, 2);
      const list = chunk('LIST', Buffer.from(noise(25000).buffer));
      for (const behind of [
        list,
        Buffer.concat([list, list]),
        Buffer.alloc(512),
        Buffer.from('TAG title'.padEnd(128)),
        Buffer.concat([Buffer.from('ID3\x03'), Buffer.from(noise(25000).buffer)]),
        Buffer.concat([Buffer.from('APETAGEX'), Buffer.from(noise(25000).buffer)]),
      ]) {
        const { samples, warnings } = await hear(
          write('tail.wav', Buffer.concat([wavFile(format, data), behind])),
        );
        assert.equal(samples.length, sound.length);
        assert.deepEqual(warnings, []);
      }
    });

    for (const [name, codec, rate] of [
      ['ima.wav', 'adpcm_ima_wav', '16000'],
      ['ms.wav', 'adpcm_ms', '16000'],
      ['mp3.wav', 'libmp3lame', '16000'],
    ])
      it(`does not keep the compressed ${name} from being heard to its end, which is said`, async () => {
        ffmpeg('-i', file('tone.wav'), '-ar', rate, '-c:a', codec, file(name));
        const whole = readFileSync(file(name));
        const short = declare(Buffer.from(whole), bytes => bytes.writeUInt32LE(4096, dataAt(bytes) + 4));
        const { samples, warnings } = await hear(write(`short-${name}`, short));
        assertTone(samples, 0.2, 2.8);
        assert.match(warnings.join(), /holds more audio than its header says/);
        const tagged = Buffer.concat([whole, chunk('LIST', Buffer.from(noise(5000).buffer))]);
        const { samples: untagged, warnings: none } = await hear(write(`tagged-${name}`, tagged));
        assertLength(untagged, 3);
        assert.deepEqual(none, []);
      });

    it('is not seen where a chunk of odd length is not padded', async () => {
      const format = formatChunk(1, 16000, 1, 2);
      for (const odd of ['x', 'xyz']) {
        const list = chunk('LIST', Buffer.from(odd)).subarray(0, 8 + odd.length);
        const { samples, warnings } = await hear(write('odd.wav', wavFile(format, list, chunk('data', pcm))));
        assert.equal(samples.length, sound.length);
        assert.deepEqual(warnings, []);
      }
    });

    it('is not seen in FLACs of any other numbers: frames, their size, and tags behind', async () => {
      const flac = make('flac');
      const unknown = declare(Buffer.from(flac), bytes => bytes.writeUInt32BE(0, 8 + 14));
      const inputs = [
        declare(Buffer.from(flac), bytes => bytes.writeUIntBE(100, 8 + 7, 3)),
        declare(Buffer.from(flac), bytes => {
          bytes.writeUInt32BE(0x0010_0010, 8);
          bytes.writeUIntBE(0, 8 + 7, 3);
        }),
        Buffer.concat([unknown, Buffer.from('TAG title'.padEnd(128))]),
        Buffer.concat([unknown, Buffer.from('APETAGEX'), Buffer.alloc(500)]),
      ];
      for (const bytes of inputs) {
        const { samples, warnings } = await hear(write('odd.flac', bytes));
        assert.equal(samples.length, sound.length);
        assert.deepEqual(warnings, []);
      }
    });

    it('is a 0 that was never filled in, whatever the length of the whole file', async () => {
      const wav = wavFile(formatChunk(1, 16000, 1, 2), chunk('data', pcm, 0));
      const { samples, warnings } = await hear(write('zero.wav', wav));
      assert.equal(samples.length, sound.length);
      assert.deepEqual(warnings, []);
    });

    for (const format of ['wav', 'w64', 'aiff', 'caf', 'au', 'rf64'])
      it(`is the placeholder of ffmpeg, which wrote ${format} to a pipe`, async () => {
        const options = format === 'rf64' ? ['-rf64', 'always', '-f', 'wav'] : ['-f', format];
        const raw = ['-v', 'error', '-f', 's16le', '-ar', '16000', '-ac', '1', '-i', write('pcm', pcm)];
        const { stdout } = spawnSync('ffmpeg', [...raw, ...options, 'pipe:1'], { maxBuffer: 1e8 });
        const { samples, warnings } = await hear(write(`pipe.${format}`, stdout));
        assert.equal(samples.length, sound.length);
        assertTone(samples, 1.1, 3.9);
        assert.deepEqual(warnings, []);
      });

    for (const type of ['wav', 'au'])
      it(`is the placeholder of arecord, which was ended while it wrote ${type}`, async function () {
        needTools(this, 'arecord');
        writeFileSync(file('asound.conf'), 'pcm.!default { type null }\n');
        const args = ['-q', '-t', type, '-f', type === 'au' ? 'S16_BE' : 'S16_LE', '-r', '16000', '-c', '1'];
        const arecord = spawn('arecord', args, {
          env: { ...process.env, ALSA_CONFIG_PATH: file('asound.conf') },
        });
        const written: Buffer[] = [];
        for await (const bytes of arecord.stdout as AsyncIterable<Buffer>) {
          written.push(bytes);
          if (Buffer.concat(written).length > 100_000) arecord.kill('SIGKILL');
        }
        const bytes = Buffer.concat(written).subarray(0, 100_000);
        const { samples, warnings } = await hear(write(`arecord.${type}`, bytes));
        assert.ok(samples.length > 49_900);
        assert.deepEqual(warnings, []);
      });

    function dataAt(bytes: Buffer): number {
      return bytes.indexOf('data');
    }
  });

  it('hears from a stream what ffmpeg knows better, though its beginning was read before', async () => {
    const inputs: [name: string, ...options: string[]][] = [
      ['ima.wav', '-c:a', 'adpcm_ima_wav'],
      ['ms.wav', '-c:a', 'adpcm_ms'],
      ['mp3.wav', '-c:a', 'libmp3lame'],
      ['ima.aifc', '-c:a', 'adpcm_ima_qt', '-f', 'aiff'],
    ];
    for (const [name, ...options] of inputs) {
      ffmpeg('-i', file('tone.wav'), ...options, file(`stream-${name}`));
      const { samples } = await hear(createReadStream(file(`stream-${name}`)));
      assertTone(samples, 0.25, 2.75);
    }
  });

  it('refuses more channels than there can be, and reads no more of the file for them', async () => {
    const header = Buffer.alloc(24);
    header.write('.snd');
    [24, 0xffffffff, 3, 16_000, 0x7fffffff].forEach((value, i) => header.writeUInt32BE(value, 4 + 4 * i));
    const startMs = performance.now();
    await assert.rejects(hear(write('wide.au', Buffer.concat([header, Buffer.alloc(50_000_000)]))), {
      name: 'DeepInfantError',
    });
    assert.ok(performance.now() - startMs < 10_000);
  });

  it('hears MP3s with junk or a large cover before the first frame', async () => {
    ffmpeg('-i', file('tone.wav'), '-write_xing', '0', '-id3v2_version', '0', file('clean.mp3'));
    const clean = readFileSync(file('clean.mp3'));
    const text = Buffer.from('HTTP/1.1 200 OK\r\n\r\n'.repeat(200));
    const cover = Buffer.alloc(2_097_152, 0xa5);
    // The length in four times seven bits: 2^21 less the header.
    cover.write('ID3\x03\0\0\0\x7f\x7f\x76', 'latin1');
    const apeTag = Buffer.concat([Buffer.from('APETAGEX'), Buffer.from(noise(500).buffer)]);
    const junks = [Buffer.alloc(5000), Buffer.alloc(65536), Buffer.from(noise(2000).buffer), text, apeTag];
    for (const junk of [...junks, cover]) {
      const { samples } = await hear(write('junk.mp3', Buffer.concat([junk, clean])));
      assertTone(samples, 0.3, 2.7);
    }
  });

  it('reads files whose names are not UTF-8, also through ffmpeg', async () => {
    ffmpeg('-i', file('tone.wav'), file('plain.m4a'));
    for (const [plain, name] of [
      ['tone.wav', 'caf\xe9.wav'],
      ['plain.m4a', 'm\xfcsik.m4a'],
      ['plain.m4a', 'a\xff\xfe b'],
    ]) {
      const place = pathText(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]));
      copyFileSync(file(plain), systemPath(place));
      const { samples } = await hear(place);
      assertSame(samples, (await hear(file(plain))).samples);
      rmSync(systemPath(place));
    }
  });

  describe('listRecordings', () => {
    async function list(root: string): Promise<{ files: string[]; skipped: Skipped[] }> {
      const skipped: Skipped[] = [];
      const files = await listRecordings([root], { skipped: besides => skipped.push(besides) });
      return { files: files.map(each => path.relative(root, each)), skipped };
    }

    it('asks ffmpeg of what it does not know by name, names what is no sound, and counts what is hidden', async () => {
      const root = file('mixed');
      mkdirSync(path.join(root, '.trash'), { recursive: true });
      ffmpeg('-i', file('tone.wav'), '-c:a', 'aac', path.join(root, 'a.ts'));
      ffmpeg('-i', file('tone.wav'), path.join(root, 'b.flv'));
      ffmpeg('-i', file('tone.wav'), path.join(root, 'c.mp2'));
      ffmpeg('-i', file('tone.wav'), '-f', 'ogg', path.join(root, 'd.dat'));
      ffmpeg('-i', file('tone.wav'), '-f', 'webm', path.join(root, 'e'));
      ffmpeg('-i', file('tone.wav'), '-c:a', 'aac', '-f', '3gp', path.join(root, 'f.3gpp'));
      copyFileSync(file('tone.wav'), path.join(root, 'g.tmp'));
      ffmpeg('-f', 'lavfi', '-i', 'color=c=red:d=1:s=32x32', '-f', 'mp4', path.join(root, 'film'));
      writeFileSync(path.join(root, 'notes.txt'), 'She slept.\n');
      writeFileSync(path.join(root, 'noise.bin'), Buffer.from(noise(5000).buffer));
      for (const name of ['._a.ts', '._x.wav', '.hidden.wav', '.trash/x.wav'])
        writeFileSync(path.join(root, name), 'x');
      const { files, skipped } = await list(root);
      assert.deepEqual(files, ['a.ts', 'b.flv', 'c.mp2', 'd.dat', 'e', 'f.3gpp', 'g.tmp']);
      assert.deepEqual(skipped, [{ folder: root, others: ['film', 'noise.bin', 'notes.txt'], hidden: 4 }]);
      assert.equal(
        skippedText(skipped[0]),
        `Skipped in ${root}: 3 files without sound (film, noise.bin, notes.txt) and 4 hidden files.`,
      );
    });

    it('skips pipes, sockets and devices, whatever their names, and shows each name on one line', async () => {
      const root = file('devices');
      mkdirSync(root);
      for (const name of ['A.WAV', 'new\nline.wav']) copyFileSync(file('tone.wav'), path.join(root, name));
      symlinkSync('/dev/zero', path.join(root, 'zero.mp3'));
      symlinkSync('nowhere', path.join(root, 'gone.wav'));
      execFileSync('mkfifo', [path.join(root, 'pipe.wav'), path.join(root, 'pi\tpe')]);
      const { files, skipped } = await list(root);
      assert.deepEqual(files, ['A.WAV', 'gone.wav', 'new\nline.wav']);
      assert.match(
        skippedText(skipped[0]),
        /: 3 files without sound \(pi\ufffdpe, pipe\.wav, zero\.mp3\)\.$/,
      );
      await assert.rejects(hear(path.join(root, 'new\nline.wav/x')), {
        message: /new\ufffdline\.wav\/x does not exist/,
      });
    });

    it('follows links to folders, each folder once', async () => {
      const root = file('links');
      mkdirSync(path.join(root, 'real', 'deep'), { recursive: true });
      mkdirSync(file('elsewhere/b'), { recursive: true });
      for (const place of [
        'links/real/a.wav',
        'links/real/deep/b.wav',
        'elsewhere/c.wav',
        'elsewhere/b/d.wav',
      ])
        copyFileSync(file('tone.wav'), file(place));
      symlinkSync('.', path.join(root, 'loop'));
      symlinkSync('../..', path.join(root, 'real', 'deep', 'up'));
      symlinkSync('real', path.join(root, 'again'));
      symlinkSync('../elsewhere', path.join(root, 'other'));
      symlinkSync('../links', file('elsewhere/back'));
      const { files } = await list(root);
      assert.deepEqual(files, ['other/b/d.wav', 'other/c.wav', 'real/a.wav', 'real/deep/b.wav']);
    });

    it('lists names that are not UTF-8', async () => {
      const root = file('bytes');
      mkdirSync(root);
      const names = ['caf\xe9.wav', 'na\xefve', 'z\xc3\xa4.wav'].map(name => Buffer.from(name, 'latin1'));
      mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from('d\xe9', 'latin1')]));
      const places = [...names, Buffer.from('d\xe9/x.wav', 'latin1')];
      for (const name of places)
        copyFileSync(file('tone.wav'), Buffer.concat([Buffer.from(`${root}/`), name]));
      const { files } = await list(root);
      assert.deepEqual(files, places.map(pathText).sort());
      for (const name of files)
        assert.equal((await hear(path.join(root, name))).samples.length, 3 * SAMPLE_RATE);
      assert.ok(readdirSync(root).length === 4);
    });
  });
});

async function hear(
  input: string | Readable,
  signal?: AbortSignal,
): Promise<{ samples: Float32Array; warnings: string[] }> {
  const warnings: string[] = [];
  const parts: Float32Array[] = [];
  const warn = (message: string): unknown => warnings.push(message);
  for await (const { samples } of readRecording(input, { warn, signal })) parts.push(samples);
  return { samples: concat(parts), warnings };
}

/** Fails unless the tone of 440 Hz and amplitude 0.5 is there all the time. */
function assertTone(samples: Float32Array, fromS: number, toS: number): void {
  const part = samples.subarray(fromS * SAMPLE_RATE, toS * SAMPLE_RATE);
  assert.equal(part.length, Math.round((toS - fromS) * SAMPLE_RATE));
  const db = decibels((rms(part) * Math.SQRT2) / 0.5);
  assert.ok(Math.abs(db) < 1, `${db} dB`);
  const hz = upwardCrossings(part) / (toS - fromS);
  assert.ok(Math.abs(hz - 440) < 8, `${hz} Hz`);
}

function upwardCrossings(samples: Float32Array): number {
  return samples.filter((sample, i) => i > 0 && sample >= 0 && samples[i - 1] < 0).length;
}

function assertLength(samples: Float32Array, seconds: number): void {
  const lengthS = samples.length / SAMPLE_RATE;
  assert.ok(Math.abs(lengthS - seconds) < 0.15, `${lengthS} s`);
}
