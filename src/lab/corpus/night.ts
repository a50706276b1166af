import { SAMPLE_RATE } from '../../values.js';
import { Random } from '../../maths/random.js';
import { fanNoise, roomNoise } from '../../synth/nursery.js';
import { amplitudeOfDb } from '../../maths/decibels.js';
import { quantile } from '../../maths/statistics.js';
import { addAt, toRms } from '../../synth/level.js';
import type { Span } from '../../synth/scene.js';

/** The sounds of a night: cries by group (phone, upload), and everything else. */
export interface NightCast<Sound> {
  cries: readonly (readonly Sound[])[];
  others: readonly Sound[];
  /** Those of the others that are easily taken for a cry, by kind. */
  rivals: readonly (readonly Sound[])[];
}

/** What is most easily taken for a cry, by label and sublabel: sirens, children, laughs, wails. */
const RIVAL_KINDS = [/alarm|siren/i, /child|kid|babble/i, /laugh/i, /wail|howl|whine|scream|meow|\bcat\b/i];
/** A kind with fewer recordings would be one recording, over and over. */
const LEAST_RIVALS = 3;

/** The cast that recordings make, without those of silence. */
export function castOf<Sound extends { label: string; sublabel: string; group: string }>(
  recordings: readonly Sound[],
): NightCast<Sound> {
  const groups = new Map<string, Sound[]>();
  for (const recording of recordings.filter(({ label }) => label === 'cry'))
    groups.set(recording.group, [...(groups.get(recording.group) ?? []), recording]);
  const others = recordings.filter(({ label }) => label !== 'cry' && label !== 'silence');
  const rivals = RIVAL_KINDS.map(kind =>
    others.filter(({ label, sublabel }) => kind.test(`${label} ${sublabel}`)),
  );
  return { cries: [...groups.values()], others, rivals: rivals.filter(one => one.length >= LEAST_RIVALS) };
}

export interface NightSettings {
  hours: number;
  seed: number;
}

/** A sound placed in a night: its active part begins at `startS` with this root mean square level. */
export interface PlacedSound<Sound> {
  sound: Sound;
  startS: number;
  levelDb: number;
}

/** What is heard and when, drawn from a seed before any audio is read. */
export interface NightPlan<Sound> {
  durationS: number;
  /** Steady noises, one after the other from time 0 on. */
  noises: { kind: 'room' | 'machine'; levelDb: number; endS: number; seed: number }[];
  others: PlacedSound<Sound>[];
  /** Cries follow each other within an episode after a rest of `restS`. */
  episodes: { startS: number; levelDb: number; cries: { sound: Sound; restS: number }[] }[];
}

/** Level ranges in dB of full scale, and seconds. */
const ROOM_DB = [-65, -50] as const;
const MACHINE_DB = [-45, -35] as const;
const NOISE_LASTS_S = [20 * 60, 90 * 60] as const;
const OTHER_DB = [-50, -25] as const;
const OTHER_EVERY_S = [20, 120] as const;
/** Every eighth of the other sounds is a rival, each kind in turn: about 50 in a night of eight hours. */
const RIVAL_EVERY = 8;
const CRY_DB = [-42, -18] as const;
/** A cry is at least this far above (or not far below) the steady noise: otherwise nobody could expect to hear it. */
const CRY_OVER_NOISE_DB = [-3, 10] as const;
/** Spread evenly, apart from chance: 24 in a night of eight hours. */
const EPISODES_PER_HOUR = 3;
const CRIES_OF_EPISODE = 4;
const REST_S = [0.5, 3] as const;
/** Time before and after an episode in which no other begins. */
const EPISODE_APART_S = 90;

/**
 * Draws a night in a nursery: a quiet room or a white-noise machine throughout, a sound that is not a cry every 20 to
 * 120 s, among them every kind of rival that the cast has, and episodes of one to four cries of one baby, anywhere, also
 * over the other sounds.
 */
export function planNight<Sound>(cast: NightCast<Sound>, { hours, seed }: NightSettings): NightPlan<Sound> {
  const random = new Random(seed);
  const durationS = hours * 3600;
  const noises: NightPlan<Sound>['noises'] = [];
  for (let endS = 0; endS < durationS;) {
    endS += random.uniform(...NOISE_LASTS_S);
    const kind = random.chance(0.5) ? 'room' : 'machine';
    const levelDb = random.uniform(...(kind === 'room' ? ROOM_DB : MACHINE_DB));
    noises.push({ kind, levelDb, endS, seed: random.integer(2 ** 31) });
  }
  const others: NightPlan<Sound>['others'] = [];
  for (let startS = random.uniform(...OTHER_EVERY_S); startS < durationS;) {
    const kind = cast.rivals[Math.floor(others.length / RIVAL_EVERY) % cast.rivals.length];
    const choice = cast.rivals.length > 0 && others.length % RIVAL_EVERY === 0 ? kind : cast.others;
    others.push({ sound: random.pick(choice), startS, levelDb: random.uniform(...OTHER_DB) });
    startS += random.uniform(...OTHER_EVERY_S);
  }
  const episodes = Math.max(1, Math.round(hours * EPISODES_PER_HOUR));
  const share = durationS / episodes;
  const planned = Array.from({ length: episodes }, (_, i) => {
    const startS = share * i + random.uniform(0, Math.max(1, share - EPISODE_APART_S));
    const noiseDb = noises.find(({ endS }) => endS > startS)!.levelDb;
    const least = noiseDb + random.uniform(...CRY_OVER_NOISE_DB);
    const baby = random.pick(cast.cries);
    const cries = Array.from({ length: 1 + random.integer(CRIES_OF_EPISODE) }, (_, n) => ({
      sound: random.pick(baby),
      restS: n === 0 ? 0 : random.uniform(...REST_S),
    }));
    return { startS, levelDb: Math.max(least, random.uniform(...CRY_DB)), cries };
  });
  return { durationS, noises, others, episodes: planned };
}

/**
 * Plays a planned night, a second of samples at a time. Memory holds the sounds that overlap the second.
 * @param read gives a sound's samples, mono at SAMPLE_RATE
 * @yields samples, and the true spans of the episodes that have begun: from the first cry's active part to the last's
 */
export async function* playNight<Sound>(
  plan: NightPlan<Sound>,
  read: (sound: Sound) => Promise<Float32Array>,
): AsyncGenerator<{ samples: Float32Array; begun: Span[] }> {
  const queue = [
    ...plan.others.map(({ startS, levelDb, sound }) => ({ startS, levelDb, cries: [{ sound, restS: 0 }] })),
    ...plan.episodes.map(episode => ({ ...episode, isEpisode: true })),
  ].sort((a, b) => a.startS - b.startS);
  let playing: { samples: Float32Array; first: number }[] = [];
  let noise: { samples: Float32Array; endS: number } | undefined;
  let at = 0;
  for (let second = 0; second < plan.durationS; second++) {
    const samples = new Float32Array(Math.round(Math.min(1, plan.durationS - second) * SAMPLE_RATE));
    const begun: Span[] = [];
    if (!noise || noise.endS <= second) {
      const { kind, levelDb, endS, seed } = plan.noises.find(n => n.endS > second)!;
      const synthesise = kind === 'room' ? roomNoise : fanNoise;
      noise = { samples: toRms(synthesise({ seed, durationS: NOISE_LOOP_S }), levelDb), endS };
    }
    const { samples: loop } = noise;
    for (let i = 0; i < samples.length; i++) samples[i] = loop[(at + i) % loop.length];
    while (queue.length > 0 && queue[0].startS < second + 1) {
      const next = queue.shift()!;
      let first = Math.round(next.startS * SAMPLE_RATE);
      for (const { sound, restS } of next.cries) {
        first += Math.round(restS * SAMPLE_RATE);
        const active = toRms(fade(activePart(await read(sound))), next.levelDb);
        playing.push({ samples: active, first });
        first += active.length;
      }
      if ('isEpisode' in next) begun.push({ startS: next.startS, endS: first / SAMPLE_RATE });
    }
    for (const sound of playing) addPart(samples, sound.samples, sound.first - at);
    at += samples.length;
    playing = playing.filter(({ samples, first }) => first + samples.length > at);
    for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, samples[i]));
    yield { samples, begun };
  }
}

/** The steady noises repeat themselves after this time. */
const NOISE_LOOP_S = 60;

/** Adds the part of `sound` that lies within `mix`; `first` is where the sound begins, before the mix if negative. */
function addPart(mix: Float32Array, sound: Float32Array, first: number): void {
  if (first >= mix.length) return;
  addAt(mix, first < 0 ? sound.subarray(-first) : sound, Math.max(0, first));
}

const FRAME = 0.05 * SAMPLE_RATE;
/** Frames this far below a recording's loud ones (their 95th percentile) are silence. */
const ACTIVE_DB = 20;

/** A recording without the silence before and after its sound. */
export function activePart(samples: Float32Array): Float32Array {
  const levels = Array.from({ length: Math.floor(samples.length / FRAME) }, (_, frame) => {
    const part = samples.subarray(frame * FRAME, (frame + 1) * FRAME);
    return part.reduce((sum, x) => sum + x * x, 0);
  });
  const loud = quantile(levels, 0.95);
  if (!(loud > 0)) return samples;
  const least = loud * amplitudeOfDb(-ACTIVE_DB) ** 2;
  const first = levels.findIndex(level => level >= least);
  const last = levels.findLastIndex(level => level >= least);
  return samples.subarray(first * FRAME, (last + 1) * FRAME);
}

/** Fades 20 ms at either end, against clicks. */
function fade(samples: Float32Array): Float32Array {
  const length = Math.min(0.02 * SAMPLE_RATE, samples.length / 2);
  return samples.map((x, i) => x * Math.min(1, i / length, (samples.length - 1 - i) / length));
}
