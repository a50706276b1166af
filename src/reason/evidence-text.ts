/** Evidence in a sentence. The card builds the same sentences, so this imports nothing but what is pure. */
import { durationText } from '../texts/duration.js';
import type { ReasonTexts } from '../texts/en.js';
import type { Contribution, EvidenceFact } from '../values.js';

/** From this age on, age is given in weeks. */
const WEEKS_FROM_DAYS = 14;

/** How often as likely a factor makes a reason, or how often less likely, with one decimal: 1 where it changes little. */
export function timesOf(factor: number): number {
  return Number(Math.max(factor, 1 / factor).toFixed(1));
}

/** 'The last feed was 3 h 10 min ago: hunger is 2.4 times as likely' */
export function evidenceText(
  { reason, factor, baby, fact }: Pick<Contribution, 'reason' | 'factor' | 'baby'> & { fact: EvidenceFact },
  texts: ReasonTexts,
): string {
  const noun = texts.noun[reason];
  const times = decimalText(timesOf(factor), texts);
  const effect =
    timesOf(factor) === 1
      ? texts.equallyLikely(noun)
      : (factor > 1 ? texts.likelier : texts.lessLikely)(noun, times);
  const sentence = `${factText(fact, texts)}: ${effect}`;
  return baby === undefined ? sentence : texts.ofBaby(baby, sentence);
}

function factText(fact: EvidenceFact, texts: ReasonTexts): string {
  const { evidence, implied } = texts;
  switch (fact.kind) {
    case 'feed':
    case 'burp':
    case 'change':
      return (fact.isImplied ? implied : evidence)[fact.kind](durationText(fact.agoS));
    case 'medicine':
      return evidence.medicine(durationText(fact.agoS));
    case 'asleep':
      return (fact.isImplied ? implied : evidence).asleep(durationText(fact.forS));
    case 'awake':
      return evidence.awake(durationText(fact.forS));
    case 'fever':
    case 'room':
      return evidence[fact.kind](`${decimalText(fact.celsius.toFixed(1), texts)} °C`);
    case 'age':
      return fact.days < WEEKS_FROM_DAYS
        ? evidence.ageDays(fact.days)
        : evidence.ageWeeks(Math.floor(fact.days / 7));
    case 'hour':
      return evidence.hour(fact.clock);
    case 'answers':
      return evidence.answers(fact.count);
    default:
      return evidence[fact.kind];
  }
}

function decimalText(number: number | string, { decimalPoint }: ReasonTexts): string {
  return String(number).replace('.', decimalPoint);
}
