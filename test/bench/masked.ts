/**
 * Cries under music or noise: each recording is mixed with music or a synthetic fan as loud as itself (0 dB, root mean
 * square), and scored by each fold's model of a training run that had seen neither; YAMNet's file puts it beside.
 *
 * node dist/test/bench/masked.js RUN [YAMNET.tflite]; the corpus by DEEPINFANT_DATA
 */
import path from 'node:path';
import { readSamples } from '../../src/audio/recording.js';
import { subjectsOf } from '../../src/lab/cli/subjects.js';
import { Random } from '../../src/maths/random.js';
import { fanNoise } from '../../src/synth/nursery.js';
import { scoreSamples } from '../../src/detect/clip-score.js';
import { isCry, operatingPoints, type Scored } from '../../src/lab/evaluation/metrics.js';
import { yamnetScore } from '../../src/lab/evaluation/rivals.js';
import { loadClassifier } from '../../src/model/load.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { Yamnet } from '../../src/lab/teacher/yamnet.js';
import { isDoubtful, readVerdicts } from '../../src/lab/detector/verdicts.js';

const FALSE_ALARM_RATE = 0.01;

/** Adds a mask, over and over until the end, as loud as the sound itself. */
function under(samples: Float32Array, mask: Float32Array): Float32Array {
  const power = (of: Float32Array): number => of.reduce((sum, x) => sum + x * x, 0) / of.length;
  const gain = Math.sqrt(power(samples) / power(mask));
  const mixed = samples.map((x, i) => x + gain * mask[i % mask.length]);
  const peak = mixed.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  return mixed.map(x => x / peak);
}

function recallAt(scored: readonly Scored[], rate: number): string {
  const point = operatingPoints(scored).findLast(({ falseAlarmRate }) => falseAlarmRate <= rate)!;
  return point.recall.toFixed(3);
}

async function main(): Promise<void> {
  const [run, yamnetFile] = process.argv.slice(2);
  const data = process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data');
  const yamnet = yamnetFile ? await Yamnet.open(yamnetFile) : undefined;
  const verdicts = await readVerdicts(data);
  const ours: Scored[] = [];
  const rival: Scored[] = [];
  const { subjects } = await subjectsOf(data, { model: '', run });
  for (const [fold, { model, recordings }] of subjects.entries()) {
    const random = new Random(fold + 1);
    const classifier = await loadClassifier(model);
    const music = recordings.filter(({ label }) => label === 'music');
    const sure = recordings.filter(
      recording => recording.label !== 'music' && !isDoubtful(recording, verdicts.get(recording.path)),
    );
    for (const recording of sure) {
      const samples = await readSamples(recording.file);
      if (!samples.some(x => x !== 0)) continue;
      const mask = random.chance(0.5)
        ? await readSamples(random.pick(music).file)
        : fanNoise({ seed: Math.floor(random.uniform(0, 1e6)), durationS: 10 });
      const mixed = under(samples, mask);
      ours.push({ label: recording.label, score: await scoreSamples(classifier, mixed) });
      if (yamnet) rival.push({ label: recording.label, score: yamnetScore(yamnet, mixed) });
    }
    await classifier.close();
    const cries = ours.filter(isCry).length;
    const text = `fold ${fold}: ${cries} cries and ${ours.length - cries} others so far, recall at ${100 * FALSE_ALARM_RATE}% `;
    const beside = yamnet ? `, YAMNet ${recallAt(rival, FALSE_ALARM_RATE)}` : '';
    console.log(`${text}${recallAt(ours, FALSE_ALARM_RATE)}${beside}`);
  }
  await yamnet?.close();
}

void main();
