/** English sentences about reasons. Notifications and the card have theirs in locale files. */
import type { CryEvent, Reason, ReasonEstimate, ReasonGuess } from '../values.js';
import { certaintyOf } from './certainty.js';

/** 'probably hungry' */
const GUESSES: Record<Reason, string> = {
  hungry: 'hungry',
  tired: 'tired',
  discomfort: 'uncomfortable',
  'belly pain': 'belly pain',
  burping: 'needs to burp',
  lonely: 'lonely',
};

/** 'It was hunger' */
export const NOUNS: Record<Reason, string> = {
  hungry: 'hunger',
  tired: 'tiredness',
  discomfort: 'discomfort',
  'belly pain': 'belly pain',
  burping: 'a burp',
  lonely: 'loneliness',
};

/** What to try first. */
export const TIPS: Record<ReasonEstimate['label'], string> = {
  hungry: 'Offer a feed.',
  tired: 'Dim the lights, keep things quiet and help the baby fall asleep.',
  discomfort: 'Check the nappy, see whether the baby is too warm or too cold, and look for anything tight.',
  'belly pain': 'Hold the baby upright or face down along your arm and rub the back.',
  burping: 'Hold the baby upright against your shoulder and pat the back gently.',
  lonely: 'Pick the baby up, talk softly and stay close.',
  unsure: 'Work through the list: feed, nappy, burp, temperature, sleep, cuddle.',
};

/** A time in words, as coarse as it is long: '12 s', '1 min 5 s', '20 min', '3 h 10 min'. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.round(seconds / 60);
  if (whole < 60) return `${whole} s`;
  if (minutes < 10) return joinUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  return minutes < 60 ? `${minutes} min` : joinUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** What an odds factor does: 'makes hunger 2.4 times as likely', 'makes hunger 3 times less likely'. */
export function factorText(reason: Reason, factor: number): string {
  const times = Number(Math.max(factor, 1 / factor).toFixed(1));
  if (times === 1) return `leaves ${NOUNS[reason]} as likely as usual`;
  return `makes ${NOUNS[reason]} ${times} times ${factor > 1 ? 'as' : 'less'} likely`;
}

/** One line for a status or a notification: 'Mia has been crying for 12 s: probably hungry (62%)'. */
export function reasonLine(event: CryEvent, baby: { name: string }): string {
  const name = whoText(event) || baby.name.trim() || 'The baby';
  const length = durationText(Math.max(1, event.durationS));
  const cry =
    event.state === 'ended' ? `${name} cried for ${length}` : `${name} has been crying for ${length}`;
  const reasons = [event.reason && reasonText(event.reason), event.guess && soundText(event.guess)];
  return [cry, reasons.filter(Boolean).join('; ')].filter(Boolean).join(': ');
}

/** The baby whose voice it probably is; '' where that is unknown. */
function whoText({ who }: CryEvent): string {
  return who && who.label !== 'unsure' ? `${who.label} (${percent(who.probabilities[who.label])})` : '';
}

/** 'probably hungry (62%)', 'maybe needs to burp (31%)', 'not sure why' */
export function reasonText({ label, confidence }: Pick<ReasonEstimate, 'label' | 'confidence'>): string {
  if (label === 'unsure') return 'not sure why';
  return `${certaintyOf(confidence)} ${GUESSES[label]} (${percent(confidence)})`;
}

/** What a model guesses from the sound alone, which is no reason to believe it. */
function soundText(guess: ReasonGuess): string {
  const [[reason, probability]] = (Object.entries(guess) as [Reason, number][]).sort(([, a], [, b]) => b - a);
  return `by sound alone ${GUESSES[reason]} (${percent(probability)})`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
