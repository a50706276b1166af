import { inOrder } from '../../in-order.js';
import { amplitudeOfDb } from '../../maths/decibels.js';
import { Random } from '../../maths/random.js';
import type { Recording } from '../corpus/manifest.js';
import type { Classifier } from '../../model/classifier.js';
import { MEL7S_REASONS, mel7sPicture, type Mel7sReason } from '../../model/mel7s.js';
import { SAMPLE_RATE } from '../../values.js';
import { readSamples } from '../../audio/recording.js';
import type { Mel7sExample } from './mel7s.js';

/** Reasons by a corpus's tags. Being cold or hot is discomfort, as in the cleaned Donate-a-cry corpus and the seed's data. */
const REASON_OF_TAG: ReadonlyMap<string, Mel7sReason> = new Map<string, Mel7sReason>([
  ['hungry', 'hungry'],
  ['discomfort', 'discomfort'],
  ['cold_hot', 'discomfort'],
  ['tired', 'tired'],
  ['belly_pain', 'belly pain'],
  ['burping', 'burping'],
]);

/** Shorter ones are uploads that were cut off. */
const LEAST_S = 2;
/** Clips that are described at a time, to bound the memory. */
const AT_ONCE = 8;

/** A cry whose reason is known. */
export interface ReasonClip {
  recording: Recording;
  /** Index of MEL7S_REASONS. */
  reason: number;
  /** 16 kHz mono. */
  samples: Float32Array;
}

/**
 * Reads a corpus's cries with one of the five reasons.
 * @returns the cries, and the number of those left out, by the cause
 * @throws DeepInfantError when a recording cannot be read
 */
export async function readReasonClips(
  recordings: readonly Recording[],
): Promise<{ clips: ReasonClip[]; left: Record<string, number> }> {
  const clips: ReasonClip[] = [];
  const left = new Map<string, number>();
  const leave = (why: string): void => void left.set(why, (left.get(why) ?? 0) + 1);
  for (const recording of recordings) {
    if (recording.label !== 'cry') continue;
    const reason = REASON_OF_TAG.get(recording.reason);
    if (!reason) {
      leave(recording.reason || 'no reason');
      continue;
    }
    const samples = await readSamples(recording.file);
    if (samples.length < LEAST_S * SAMPLE_RATE) leave(`shorter than ${LEAST_S} s`);
    else clips.push({ recording, reason: MEL7S_REASONS.indexOf(reason), samples });
  }
  return { clips, left: Object.fromEntries(left) };
}

/** A cry, or an altered copy of one, as input of the head on CryNet's embedding. */
export interface HeadExample {
  path: string;
  group: string;
  isCopy: boolean;
  /** Index of MEL7S_REASONS. */
  reason: number;
  /** CryNet's embedding, averaged over the steps, weighted by their cry score. */
  embedding: Float32Array;
}

/** The same as input of all classifiers of reasons. */
export interface ReasonExample extends HeadExample, Mel7sExample {}

/** Describes cries for the head alone. */
export async function describeForHead(
  clips: readonly ReasonClip[],
  classifier: Classifier,
  onProgress: (done: number, total: number) => void,
): Promise<HeadExample[]> {
  const examples: HeadExample[] = [];
  const described = inOrder(clips, AT_ONCE, async ({ recording: { path, group }, reason, samples }) => ({
    path,
    group,
    isCopy: false,
    reason,
    embedding: await cryEmbedding(classifier, samples),
  }));
  for await (const example of described) {
    examples.push(example);
    onProgress(examples.length, clips.length);
  }
  return examples;
}

/**
 * Describes cries and altered copies of them, so many that all reasons are about equally common. A copy follows its
 * original.
 * @param seed decides how the copies differ
 */
export async function describeClips(
  clips: readonly ReasonClip[],
  classifier: Classifier,
  seed: number,
  onProgress: (done: number, total: number) => void,
): Promise<ReasonExample[]> {
  const counts = MEL7S_REASONS.map((_, reason) => clips.filter(clip => clip.reason === reason).length);
  const versions = clips.flatMap(clip => {
    const perClip = Math.round(Math.max(...counts) / counts[clip.reason]);
    return Array.from({ length: perClip }, (_, version) => ({ clip, version }));
  });
  const examples: ReasonExample[] = [];
  const described = inOrder(versions.entries(), AT_ONCE, async ([i, { clip, version }]) => {
    const isCopy = version > 0;
    const samples = isCopy ? alter(clip.samples, new Random(seed * versions.length + i)) : clip.samples;
    const { path, group } = clip.recording;
    const embedding = await cryEmbedding(classifier, samples);
    return { path, group, reason: clip.reason, isCopy, picture: mel7sPicture(samples), embedding };
  });
  for await (const example of described) {
    examples.push(example);
    onProgress(examples.length, versions.length);
  }
  return examples;
}

/** Alters a recording as augmentation does: pitch and tempo together by up to a tenth, gain and noise. */
function alter(samples: Float32Array, random: Random): Float32Array {
  const tempo = Math.exp(random.uniform(-0.1, 0.1));
  const gain = amplitudeOfDb(random.uniform(-6, 6));
  const energy = samples.reduce((sum, x) => sum + x * x, 0);
  const noise = Math.sqrt(energy / samples.length) * amplitudeOfDb(-random.uniform(10, 40));
  return Float32Array.from({ length: Math.floor((samples.length - 1) / tempo) }, (_, i) => {
    const at = Math.floor(i * tempo);
    const between = samples[at] + (samples[at + 1] - samples[at]) * (i * tempo - at);
    return Math.max(-1, Math.min(1, gain * (between + noise * random.normal())));
  });
}

async function cryEmbedding(classifier: Classifier, samples: Float32Array): Promise<Float32Array> {
  const stream = classifier.open();
  const steps = await stream.push({ samples, firstSample: 0, at: 0, source: '', lost: 0 });
  steps.push(...(await stream.flush()));
  await stream.close();
  const weight = steps.reduce((sum, { scores }) => sum + scores.cry, 0);
  return steps[0].embedding.map(
    (_, i) => steps.reduce((sum, { scores, embedding }) => sum + scores.cry * embedding[i], 0) / weight,
  );
}
