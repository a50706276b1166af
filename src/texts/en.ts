/** All sentences in English. Other languages have the same ones; what only the card says is in src/card/locales. */
import type { Reason, ReasonEstimate } from '../values.js';

type Label = ReasonEstimate['label'];

/** About a cry and why it may be. Durations, percentages and numbers come as text. */
export const reasons = {
  decimalPoint: '.',
  percent: (percent: number) => `${percent}%`,
  or: 'or',
  theBaby: 'The baby',
  crying: (name: string, duration: string) => `${name} has been crying for ${duration}`,
  cried: (name: string, duration: string) => `${name} cried for ${duration}`,
  probably: (guess: string) => `probably ${guess}`,
  maybe: (guess: string) => `maybe ${guess}`,
  bySound: (guess: string) => `by sound alone ${guess}`,
  /** After 'probably', and alone in a list. */
  guess: {
    hungry: 'hungry',
    tired: 'tired',
    discomfort: 'uncomfortable',
    'belly pain': 'belly pain',
    burping: 'needs to burp',
    lonely: 'lonely',
    unsure: 'not sure why',
  } as Record<Label, string>,
  /** What to try first. */
  tip: {
    hungry: 'Offer a feed.',
    tired: 'Dim the lights, keep things quiet and help the baby fall asleep.',
    discomfort: 'Check the nappy, see whether the baby is too warm or too cold, and look for anything tight.',
    'belly pain': 'Hold the baby upright or face down along your arm and rub the back.',
    burping: 'Hold the baby upright against your shoulder and pat the back gently.',
    lonely: 'Pick the baby up, talk softly and stay close.',
    unsure: 'Work through the list: feed, nappy, burp, temperature, sleep, cuddle.',
  } as Record<Label, string>,
  /** 'It was hunger', 'hunger is 2.4 times as likely'. */
  noun: {
    hungry: 'hunger',
    tired: 'tiredness',
    discomfort: 'discomfort',
    'belly pain': 'belly pain',
    burping: 'a burp',
    lonely: 'loneliness',
  } as Record<Reason, string>,
  /** What an odds factor does; `times` is above 1. */
  likelier: (noun: string, times: string) => `${noun} is ${times} times as likely`,
  lessLikely: (noun: string, times: string) => `${noun} is ${times} times less likely`,
  equallyLikely: (noun: string) => `this says little about ${noun}`,
  ofBaby: (name: string, sentence: string) => `${name} – ${sentence}`,
  /** What is known, before a colon and what it does. */
  evidence: {
    common: 'Common in all babies',
    feed: (ago: string) => `The last feed was ${ago} ago`,
    burp: (ago: string) => `The last burp was ${ago} ago`,
    change: (ago: string) => `The last nappy change was ${ago} ago`,
    medicine: (ago: string) => `Medicine ${ago} ago`,
    awake: (duration: string) => `Awake for ${duration}`,
    asleep: (duration: string) => `Slept for ${duration} before`,
    fever: (degrees: string) => `A fever of ${degrees}`,
    room: (degrees: string) => `${degrees} in the room`,
    ageDays: (days: number) => (days === 1 ? '1 day old' : `${days} days old`),
    ageWeeks: (weeks: number) => `${weeks} weeks old`,
    hour: (clock: string) => `At ${clock}`,
    fuss: 'Sounds like fussing',
    scream: 'Sounds like screaming',
    sudden: 'Began as a scream',
    answers: (count: number) => (count === 1 ? '1 answered cry' : `${count} answered cries`),
    reliefs: 'What ended earlier cries',
    similar: 'Answered cries in similar situations',
    voice: 'Answered cries that sounded like this',
  },
  /** What nobody told, but an answer implies. */
  implied: {
    feed: (ago: string) => `An answer suggests a feed ${ago} ago`,
    burp: (ago: string) => `An answer suggests a burp ${ago} ago`,
    change: (ago: string) => `An answer suggests a nappy change ${ago} ago`,
    asleep: (duration: string) => `An answer suggests ${duration} of sleep before`,
  },
};

export type ReasonTexts = typeof reasons;
