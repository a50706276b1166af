import { existsSync } from 'node:fs';
import path from 'node:path';
import { readRecording } from '../../src/audio/recording.js';
import { Resampler } from '../../src/audio/resampler.js';
import { concat } from '../../src/concat.js';
import { readManifest, type Recording } from '../../src/lab/corpus/manifest.js';
import { Random } from '../../src/maths/random.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import type { SynthOptions } from '../../src/synth/level.js';
import { babble, fanNoise, roomNoise } from '../../src/synth/nursery.js';
import { reverberate } from '../../src/synth/room.js';
import { distress, intensityOf } from '../../src/detect/intensity.js';
import { measureVoice } from '../../src/features/voice.js';
import { loadClassifier } from '../../src/model/load.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { INTENSITIES, SAMPLE_RATE, type CryVoice, type Scores } from '../../src/values.js';
import { HOP_SAMPLES } from '../detect/steps.js';
import { inNoise, voiceIn } from '../detect/voices.js';
import { toneInNoise } from '../features/tones.js';

type Sound = (options: SynthOptions) => Float32Array;

const whiteNoise: Sound = ({ seed, durationS }) => {
  const random = new Random(seed);
  return Float32Array.from({ length: durationS * SAMPLE_RATE }, () => random.normal());
};

function print(...cells: (string | number)[]): void {
  const [first, ...others] = cells.map(cell => (typeof cell === 'number' ? cell.toFixed(2) : cell));
  console.log(`  ${first.padEnd(34)}${others.map(cell => cell.padStart(10)).join('')}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function share<T>(values: readonly T[], isSo: (value: T, index: number) => boolean): number {
  return values.filter(isSo).length / values.length;
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(part * values.length)];
}

/** CPU milliseconds that the measure costs per second of audio. */
function benchCost(): void {
  const cry = synthesiseCry({ seed: 1, durationS: 10 });
  const cpuMs = Array.from({ length: 50 }, () => {
    const before = process.cpuUsage();
    voiceIn(cry);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / 10;
  });
  console.log(
    `Cost: ${Math.min(...cpuMs).toFixed(2)} ms of CPU per second of audio (best of ${cpuMs.length} runs)`,
  );
}

/** Steps of tones of known F0, at each signal-to-noise ratio in the band. */
function benchF0(): void {
  console.log('\nF0 of tones of 150 to 3000 Hz, a third of an octave apart, 20 steps each, in white noise:');
  print('', 'steps', 'found', 'within 3%', 'octave up', 'down', 'else');
  for (const harmonics of [1, 8]) {
    for (const snrDb of [Infinity, 20, 10, 5, 0]) {
      const ratios: number[] = [];
      let steps = 0;
      for (let f0Hz = 150; f0Hz <= 3000; f0Hz *= 2 ** (1 / 3)) {
        const tone = toneInNoise(f0Hz, harmonics, snrDb, 20 * HOP_SAMPLES);
        for (let at = 0; at < tone.length; at += HOP_SAMPLES) {
          const { f0Hz: found } = measureVoice(tone.subarray(at, at + HOP_SAMPLES));
          steps++;
          if (found !== null) ratios.push(found / f0Hz);
        }
      }
      print(
        `${harmonics === 1 ? 'pure' : `${harmonics} harmonics`}, ${snrDb} dB`,
        String(steps),
        ratios.length / steps,
        share(ratios, ratio => Math.abs(ratio - 1) < 0.03),
        share(ratios, ratio => ratio > 1.8),
        share(ratios, ratio => ratio < 0.55),
        share(ratios, ratio => ratio >= 0.55 && ratio <= 1.8 && Math.abs(ratio - 1) >= 0.03),
      );
    }
  }
}

/** A change to a recording; the seed draws what it needs. */
type Change = (samples: Float32Array, seed: number) => Float32Array;

const SEEDS = Array.from({ length: 30 }, (_, i) => i);
const BEFORE_S = 4;
const CRY_S = 8;

/** The synthesiser's manners against the intensities heard. Noise begins BEFORE_S before the cry, as it does in a room. */
function benchSynthesiser(): void {
  const clean = INTENSITIES.map(intensity =>
    SEEDS.map(seed => synthesiseCry({ seed, durationS: CRY_S, intensity })),
  );
  const heardClean = clean.map(cries => cries.map(cry => intensityOf(voiceIn(cry))));
  console.log(`\nSynthesised cries, ${SEEDS.length} of each manner, ${CRY_S} s; heard as fuss/cry/scream:`);
  print('', ...INTENSITIES, 'right', 'as clean');
  const row = (name: string, change: Change, beforeS = 0): void => {
    const isCry = (hop: number): boolean => hop * HOP_SAMPLES >= beforeS * SAMPLE_RATE;
    const heard = clean.map(cries =>
      cries.map((cry, seed) => intensityOf(voiceIn(change(cry, seed), isCry))),
    );
    print(
      name,
      ...heard.map(ones =>
        INTENSITIES.map(intensity => ones.filter(one => one === intensity).length).join('/'),
      ),
      mean(heard.map((ones, i) => share(ones, one => one === INTENSITIES[i]))),
      mean(heard.map((ones, i) => share(ones, (one, seed) => one === heardClean[i][seed]))),
    );
  };
  row('clean', cry => cry);
  row('20 dB less, then 16 bit', quieter);
  row('20 dB more', louder);
  row('reverberant room', reverberate);
  row('room noise 20 dB below', withNoise(roomNoise, 20, BEFORE_S), BEFORE_S);
  row('fan 10 dB below', withNoise(fanNoise, 10, BEFORE_S), BEFORE_S);
  const fan = withNoise(fanNoise, 5, BEFORE_S);
  row('fan 5 dB below', fan, BEFORE_S);
  row('the same, 20 dB less, then 16 bit', (cry, seed) => quieter(fan(cry, seed)), BEFORE_S);
  row('the same, 20 dB more', (cry, seed) => louder(fan(cry, seed)), BEFORE_S);
  row('white noise 5 dB below', withNoise(whiteNoise, 5, BEFORE_S), BEFORE_S);
  row('babble 10 dB below', withNoise(babble, 10, BEFORE_S), BEFORE_S);
  row('babble 0 dB below', withNoise(babble, 0, BEFORE_S), BEFORE_S);
}

function withNoise(sound: Sound, snrDb: number, beforeS = 0): Change {
  return (samples, seed) => {
    const durationS = beforeS + Math.ceil(samples.length / SAMPLE_RATE);
    return inNoise(samples, sound({ seed: 100 + seed, durationS }), snrDb, beforeS);
  };
}

function louder(samples: Float32Array): Float32Array {
  return samples.map(x => 10 * x);
}

/** Of less gain, by 20 dB, with what 16 bits keep of it. */
function quieter(samples: Float32Array): Float32Array {
  return samples.map(x => Math.round(0.1 * x * 32768) / 32768);
}

/** Through 8 kHz and back. */
function narrowed(samples: Float32Array): Float32Array {
  const through = (resampler: Resampler, input: Float32Array): Float32Array =>
    concat([resampler.push(input), resampler.flush()]);
  const narrow = through(new Resampler(SAMPLE_RATE, SAMPLE_RATE / 2), samples);
  return through(new Resampler(SAMPLE_RATE / 2, SAMPLE_RATE), narrow);
}

/** A recording from the first sample on that a step has to itself, and the steps in which CryNet hears a cry. */
interface Heard {
  recording: Recording;
  samples: Float32Array;
  isCry: boolean[];
}

async function* heardIn(recordings: readonly Recording[]): AsyncGenerator<Heard> {
  const classifier = await loadClassifier();
  for (const recording of recordings) {
    const stream = classifier.open();
    const chunks: Float32Array[] = [];
    const steps: Scores[] = [];
    for await (const chunk of readRecording(recording.file)) {
      chunks.push(chunk.samples);
      steps.push(...(await stream.push(chunk)));
    }
    steps.push(...(await stream.flush()));
    await stream.close();
    yield {
      recording,
      samples: concat(chunks).subarray(steps[0].endSample - HOP_SAMPLES),
      isCry: steps.map(({ scores }) => scores.cry >= 0.5),
    };
  }
  await classifier.close();
}

/** Steps of crying, a second, that a recording needs to be judged. */
const LEAST_STEPS = 4;

const CHANGES: readonly (readonly [string, Change])[] = [
  ['20 dB less, then 16 bit', quieter],
  ['20 dB more', louder],
  ['8 kHz', narrowed],
  ['reverberant room', reverberate],
  ['fan 10 dB below', withNoise(fanNoise, 10)],
  ['white noise 10 dB below', withNoise(whiteNoise, 10)],
  ['white noise 5 dB below', withNoise(whiteNoise, 5)],
  ['babble 10 dB below', withNoise(babble, 10)],
];

/** The voice of a recorded cry: as it is, after each of CHANGES, and in its first and second half. */
interface RecordedCry {
  recording: Recording;
  voice: CryVoice;
  changed: CryVoice[];
  halves: [CryVoice, CryVoice];
}

async function recordedCries(recordings: readonly Recording[]): Promise<RecordedCry[]> {
  const cries: RecordedCry[] = [];
  for await (const { recording, samples, isCry } of heardIn(recordings)) {
    const hops = isCry.flatMap((is, hop) => (is && (hop + 1) * HOP_SAMPLES <= samples.length ? [hop] : []));
    if (hops.length < LEAST_STEPS) continue;
    const middle = hops[Math.floor(hops.length / 2)];
    const isHeard = (hop: number): boolean => isCry[hop];
    cries.push({
      recording,
      voice: voiceIn(samples, isHeard),
      changed: CHANGES.map(([, change]) => voiceIn(change(samples, cries.length), isHeard)),
      halves: [
        voiceIn(samples, hop => isHeard(hop) && hop < middle),
        voiceIn(samples, hop => isHeard(hop) && hop >= middle),
      ],
    });
  }
  return cries;
}

async function benchCorpus(folder: string): Promise<void> {
  const { recordings } = await readManifest(folder);
  const cries = await recordedCries(recordings.filter(({ label }) => label === 'cry'));
  console.log(`\nCries of a corpus: ${cries.length} in which CryNet hears a second of crying or more`);
  describeVoices(cries.map(({ voice }) => voice));

  console.log('  Intensity of the same cry twice:');
  print('', 'same', 'opposite');
  const compare = (name: string, pairOf: (cry: RecordedCry, i: number) => CryVoice[]): void => {
    const steps = cries.map((cry, i) => {
      const [one, other] = pairOf(cry, i).map(voice => INTENSITIES.indexOf(intensityOf(voice)));
      return Math.abs(one - other);
    });
    print(
      name,
      share(steps, step => step === 0),
      share(steps, step => step === 2),
    );
  };
  for (const [i, [name]] of CHANGES.entries()) compare(name, ({ voice, changed }) => [voice, changed[i]]);
  compare('first half and second', ({ halves }) => halves);
  compare("first half and another's second", ({ halves }, i) => [
    halves[0],
    cries[(i + Math.floor(cries.length / 2)) % cries.length].halves[1],
  ]);

  console.log('  By the reason that the corpus was told:');
  print('', 'cries', 'groups', 'distress', 'F0 in Hz', 'roughness', 'balance');
  for (const reason of [...new Set(cries.map(({ recording }) => recording.reason))].sort()) {
    const ones = cries.filter(({ recording }) => recording.reason === reason);
    const middle = (value: (voice: CryVoice) => number): number =>
      quantile(
        ones.map(({ voice }) => value(voice)),
        0.5,
      );
    print(
      reason || 'none',
      String(ones.length),
      String(new Set(ones.map(({ recording }) => recording.group)).size),
      mean(ones.map(({ voice }) => distress(voice))),
      middle(({ f0Hz }) => f0Hz ?? 0).toFixed(0),
      middle(({ roughness }) => roughness),
      middle(({ balanceDb }) => balanceDb),
    );
  }

  const speech: CryVoice[] = [];
  const speechRecordings = recordings.filter(({ label }) => label === 'speech').filter((_, i) => i % 4 === 0);
  for await (const { samples } of heardIn(speechRecordings)) {
    if (samples.length >= LEAST_STEPS * HOP_SAMPLES) speech.push(voiceIn(samples));
  }
  console.log(`  Adult speech, were it taken for a cry: ${speech.length} recordings`);
  describeVoices(speech);
}

function describeVoices(voices: readonly CryVoice[]): void {
  print('quantiles', '5%', '25%', '50%', '75%', '95%');
  const row = (name: string, value: (voice: CryVoice) => number, digits: number): void => {
    const values = voices.map(value);
    print(name, ...[0.05, 0.25, 0.5, 0.75, 0.95].map(part => quantile(values, part).toFixed(digits)));
  };
  row('F0 in Hz, 0 for none', ({ f0Hz }) => f0Hz ?? 0, 0);
  row('roughness', ({ roughness }) => roughness, 3);
  row('balance in dB', ({ balanceDb }) => balanceDb, 1);
  row('distress', distress, 2);
  const parts = INTENSITIES.map(intensity => share(voices, voice => intensityOf(voice) === intensity));
  print('fuss, cry, scream', ...parts);
}

async function main(): Promise<void> {
  benchCost();
  benchF0();
  benchSynthesiser();
  const folder = process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data');
  if (existsSync(path.join(folder, 'manifest.csv'))) await benchCorpus(folder);
  else console.log(`Skipped the corpus: none at ${folder}; name one with DEEPINFANT_DATA`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
