/**
 * The values that travel along the way: source -> log-mel -> CryNet -> tracker -> reason.
 *
 * Time comes from sample counts. A source counts samples at SAMPLE_RATE from its own start (sample 0); the epoch
 * time of a sample is `at` of its chunk plus the distance in samples. Lost samples are counted, never skipped.
 */

/** Samples per second everywhere behind a source. */
export const SAMPLE_RATE = 16000;

/** Mono audio at SAMPLE_RATE. */
export interface AudioChunk {
  /** Amplitudes in [-1, 1]. Finite: a source replaces anything else by 0. */
  samples: Float32Array;
  /** Absolute number of `samples[0]`, counted from the source's start. */
  firstSample: number;
  /** Epoch time of `samples[0]` in ms. */
  at: number;
  /** Name of the source. */
  source: string;
  /** Samples lost directly before this chunk; `firstSample` already counts them. */
  lost: number;
}

/**
 * The state of a microphone or camera: `silent` hears digital silence, or a level that no room has; `stalled` gets
 * nothing; `backoff` waits for its next try; `failed` needs a person, and keeps trying all the same.
 */
export const SOURCE_STATES = [
  'starting',
  'running',
  'silent',
  'stalled',
  'backoff',
  'failed',
  'stopped',
] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/** Whether sound comes from a source in this state. */
export function isHeard(state: SourceState): boolean {
  return state === 'running' || state === 'silent';
}

/** Why a microphone or camera is not heard. */
export const SOURCE_TROUBLES = [
  /** Its address is not that of a camera. */
  'bad-address',
  /** It was heard, and then the connection or the device went away. */
  'disconnected',
  /** Nothing answers: wrong address, switched off, no network, nothing listening there. */
  'unreachable',
  /** Something answers, but not as a source of sound does: another service, a broken stream. */
  'not-a-stream',
  /** The camera wants another user name or password. */
  'wrong-password',
  /** The camera answers, but has nothing at this path. */
  'not-found',
  /** There is a picture but no sound: the camera's microphone is switched off, or it has none. */
  'no-audio',
  /** No microphone of this name, or it was unplugged. */
  'no-device',
  /** Another program holds the microphone. */
  'device-busy',
  /** The program that captures is missing or cannot be started. */
  'no-program',
] as const;
export type SourceTrouble = (typeof SOURCE_TROUBLES)[number];

/** What a source sends, before it is made 16 kHz mono. */
export interface AudioFormat {
  /** As ffmpeg calls it: `pcm_alaw`, `aac`, `opus`; `pcm` of a microphone. */
  codec: string;
  /** In Hz; the rate with which the sound really comes, where the source declares another one. */
  sampleRate: number;
  channels: number;
  /** The channel, from 1, that was heard alone last because the channels cancelled each other out; else all are heard. */
  channel?: number;
  /** Name of the microphone that the system gives, where it says so. */
  device?: string;
  /** In Hz, the rate that the source declares, where it is wrong. */
  declaredRate?: number;
  /** Which of several audio tracks is heard, from 1. */
  track?: number;
  /** The source sends only while there is something to hear: its pauses are silence. */
  pauses?: true;
}

/** An audio track of a source. */
export interface TrackHealth {
  /** As ffmpeg calls it. */
  codec: string;
  /** In Hz, as the source declares it. */
  sampleRate: number;
  channels: number;
  /** Level of each channel's last second, in dB of full scale, -120 at least; null while no second of it came. */
  levelsDb: (number | null)[];
}

/** The health of a microphone or camera: sent when its state changes, and every ten seconds of audio. */
export interface SourceHealth {
  /** Name of the source. */
  source: string;
  state: SourceState;
  /** Epoch time in ms since when it is in this state. */
  since: number;
  /** Seconds from the source's start to the newest sample; lost ones are counted. */
  positionS: number;
  /** How often it had to be opened again. */
  restarts: number;
  /** Seconds of audio that were lost. */
  lostS: number;
  /** Level of the last second without its mean, in dB of full scale, -120 at least; null before the first second. */
  levelDb: number | null;
  /** Share of the last second's samples at full scale, in [0, 1]. */
  clipping: number;
  /**
   * How far the source's sample clock fell behind this computer's clock since it was opened, in ms, by losing audio or by
   * being slow; negative: ran ahead.
   */
  driftMs: number;
  /** Steps of the source's own clock, which left no gap in its sound. */
  clockSteps: number;
  /** Null as long as it is not known. */
  format: AudioFormat | null;
  /** The audio tracks of a camera, as far as they are known. */
  tracks?: TrackHealth[];
  /** What went wrong, in the states `stalled`, `backoff` and `failed`; and in words, with what to do. */
  trouble?: SourceTrouble;
  error?: string;
  /** The code of the error, where it says more than the trouble: of a camera of Home Assistant, or a satellite. */
  code?: string;
  /** Seconds until the next try; in the states `backoff` and `failed`. */
  retryInS?: number;
}

/** What CryNet scores: the cry and its rivals. Several may be present at once. */
export const LABELS = ['cry', 'speech', 'laugh', 'animal', 'music', 'alarm', 'household', 'silence'] as const;
export type Label = (typeof LABELS)[number];

/**
 * The voice in a piece of audio, as far as a telephone would carry it (150 to 3400 Hz). Of two
 * voices, or two notes of a tune, it is the louder one.
 */
export interface Voice {
  /** Fundamental frequency in Hz, 150 to 3400; null where nothing is voiced. */
  f0Hz: number | null;
  /** Share of the power that repeats with `f0Hz`, in [0, 1]. */
  periodicity: number;
  /** Root mean square levels below and above 1 kHz, in dB of full scale; -120 at least. */
  lowDb: number;
  highDb: number;
}

/** One step of CryNet: what it heard in the window that ends at `endSample`. */
export interface Scores {
  /** Calibrated probability in [0, 1] of each label. */
  scores: Record<Label, number>;
  /** The network's description of the window, for the reason and for a personal model. */
  embedding: Float32Array;
  /** Absolute number of the window's first sample (may be before the source's start, then 0). */
  startSample: number;
  /** Absolute number of the sample after the window's last. Successive steps are one model hop apart. */
  endSample: number;
  /** Epoch time of `startSample` in ms. */
  at: number;
  /** Root mean square level of the audio that is new in this step, in dB of full scale; -120 at least. */
  levelDb: number;
  /** The voice in the same audio, whoever's it is. */
  voice: Voice;
  /** What a model that guesses reasons by sound says of a cry; now and then, while it is heard. */
  guess?: ReasonGuess;
}

export const CRY_STATES = ['started', 'ongoing', 'ended'] as const;
export type CryState = (typeof CRY_STATES)[number];
/** How hard a baby cries, from least to most. */
export const INTENSITIES = ['fuss', 'cry', 'scream'] as const;
export type Intensity = (typeof INTENSITIES)[number];

/** The voice of a cry without the steady noise of the room: what its intensity is judged by. */
export interface CryVoice {
  /** Mean fundamental frequency in Hz, 150 to 3400; null where nothing is voiced. */
  f0Hz: number | null;
  /** Share of the power that does not repeat with the fundamental, in [0, 1]: 0 is a clear tone, 1 is noise. */
  roughness: number;
  /** Level of 1 to 3.4 kHz over that of 150 Hz to 1 kHz, in dB. */
  balanceDb: number;
}

/** A step that counted towards a cry. */
export interface CryWindow {
  /** Seconds from the source's start to the window's start. */
  startS: number;
  /** Cry probability of that window, in [0, 1]. */
  score: number;
}

/** One episode of crying: `started` once, `ongoing` every few seconds, `ended` once; all with the same id. */
export interface CryEvent {
  /** Unique over sources and restarts: source name and epoch time of the onset. */
  id: string;
  source: string;
  state: CryState;
  /** Epoch time of the first cry sound in ms. For a recording whose time is unknown: ms since its beginning. */
  onset: number;
  /** Epoch time of the end in ms; only when `ended`. */
  offset?: number;
  /** Seconds from the source's start to the onset. */
  onsetS: number;
  /** Seconds from the source's start to the end; only when `ended`. */
  offsetS?: number;
  /** Seconds from the onset to now, or to the end. */
  durationS: number;
  /** Highest and mean cry probability of the windows in which the cry was heard. */
  peakScore: number;
  meanScore: number;
  intensity: Intensity;
  voice: CryVoice;
  /** The windows that caused this message: for `started` those that decided it, later those since the last message. */
  windows: CryWindow[];
  /** Mean of CryNet's embeddings over the same windows. */
  embedding: Float32Array;
  /** What a model that guesses reasons by sound said last. */
  guess?: ReasonGuess;
  /** Added by the reason room. */
  reason?: ReasonEstimate;
  /** Added by the reason room where several babies may cry. */
  who?: BabyEstimate;
  /** Added by the journal once the cry has ended, where its sound is kept: absolute paths of an MP3 and a PNG. */
  clip?: string;
  picture?: string;
}

/** Probabilities of the reasons that a model knows, by sound alone; uncalibrated, and of no use beyond its own phones. */
export type ReasonGuess = Partial<Record<Reason, number>>;

export const REASONS = ['hungry', 'tired', 'discomfort', 'belly pain', 'burping', 'lonely'] as const;
export type Reason = (typeof REASONS)[number];

/** What a person says a cry was. Of several answers to a cry, the one given last counts. */
export interface Answer {
  /** `id` of the cry event. */
  cry: string;
  reason: Reason;
  /** When it was given, epoch ms. */
  at: number;
  /** Who gave it: a person in Home Assistant, or else a phone; absent where nobody knows. */
  by?: string;
}

/** What a piece of evidence rests on. `isImplied`: nobody told it, but an answer implies it. */
export type EvidenceFact =
  /** How common the reason is in all babies. */
  | { kind: 'common' }
  /** The last care of a kind, so many seconds before the cry. */
  | { kind: 'feed' | 'burp' | 'change'; agoS: number; isImplied?: true }
  | { kind: 'medicine'; agoS: number }
  /** Awake, or asleep, for so many seconds up to the cry. */
  | { kind: 'awake'; forS: number }
  | { kind: 'asleep'; forS: number; isImplied?: true }
  /** The baby's temperature, or the room's. */
  | { kind: 'fever' | 'room'; celsius: number }
  | { kind: 'age'; days: number }
  /** The time of day when the cry began, as `20:30`. */
  | { kind: 'hour'; clock: string }
  /** How the cry sounds, or that it began as a scream. */
  | { kind: 'fuss' | 'scream' | 'sudden' }
  /** How common the reason was in so many answered cries. */
  | { kind: 'answers'; count: number }
  /** Answered cries in similar situations, or that sounded alike. */
  | { kind: 'similar' | 'voice' };

/** What one piece of evidence says. */
export interface Contribution {
  part: 'prior' | 'context' | 'sound' | 'history';
  /** The reason it speaks for (factor > 1) or against (factor < 1). */
  reason: Reason;
  /** Odds factor of that reason against the average of the others. */
  factor: number;
  /** Absent in what an older version kept. */
  fact?: EvidenceFact;
  /** The baby that it is about, where several may cry. */
  baby?: string;
  /** The same in a sentence: 'The last feed was 3 h 10 min ago: hunger is 2.4 times as likely'. */
  text: string;
}

export interface ReasonEstimate {
  label: Reason | 'unsure';
  /** Probability of the likeliest reason, in [0, 1], also when the label is `unsure`. */
  confidence: number;
  /** Sums to 1. */
  probabilities: Record<Reason, number>;
  contributions: Contribution[];
  /** What to try first. */
  tip: string;
  /**
   * The model that said so: `personal` has learned from this baby's answered cries, and is used while, on cries whose
   * answer it did not know, it was better than the `general` one, which knows only what holds for all babies.
   */
  uses: 'general' | 'personal';
  /** Number of answered cries that this baby's history holds. */
  learnedFrom: number;
  /**
   * Share of caregivers' answers whose reason was the likeliest one before, and of always saying the commonest; null
   * before the first answer.
   */
  accuracy: number | null;
  baselineAccuracy: number | null;
  /** Mean distance of confidence from accuracy so far, in [0, 1] (expected calibration error); null before the first answer. */
  calibrationError: number | null;
}

/** Which of the babies in a room cries, by its voice. */
export interface BabyEstimate {
  /** Its name; `unsure` until the voice has proved a better guide than how often each baby cries. */
  label: string;
  /** By name. Sum to 1. */
  probabilities: Record<string, number>;
  /** Number of cries of which somebody said whose they were. */
  learnedFrom: number;
  /** Share of those whose baby was the likeliest one before, and of always saying the commonest; null before the first. */
  accuracy: number | null;
  baselineAccuracy: number | null;
}
