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

/** A day of the year: 23 and 'Nov'. */
interface Day {
  day: number;
  month: string;
}

/** What a journal replies, in words and in pictures. */
export const journal = {
  weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  day: ({ day, month }: Day) => `${day} ${month}`,
  date: (weekday: string, day: string) => `${weekday} ${day}`,
  dateAndTime: (date: string, time: string) => `${date} at ${time}`,
  night: (evening: Day, morning: Day) =>
    evening.month === morning.month
      ? `Night of ${evening.day}–${morning.day} ${morning.month}`
      : `Night of ${evening.day} ${evening.month} – ${morning.day} ${morning.month}`,
  span: (from: string, to: string) => `${from} to ${to}`,
  /** The part of a night or day that comes first in a picture, and the rest. */
  oneCry: (duration: string, time: string): readonly string[] => [`one cry of ${duration}`, `at ${time}`],
  manyCries: (count: number, total: string, longest: string, time: string): readonly string[] => [
    `${count} cries`,
    `${total} in total`,
    `the longest ${longest} at ${time}`,
  ],
  cries: (count: number) => (count === 1 ? '1 cry' : `${count} cries`),
  inTotal: (duration: string) => `${duration} in total`,
  noneNoted: 'no cries noted',
  noCrying: 'no crying',
  noCryingIn: (duration: string) => `no crying in ${duration} of listening`,
  notListening: 'not listening',
  noRecord: 'No record of when it was listening',
  throughout: 'Listening throughout',
  quiet: (duration: string, from: string, to: string) =>
    `Longest quiet spell ${duration}, from ${from} to ${to}`,
  reasons: (counts: string) => `Reasons: ${counts}`,
  reason: {
    hungry: 'hungry',
    tired: 'tired',
    discomfort: 'discomfort',
    'belly pain': 'belly pain',
    burping: 'burping',
    lonely: 'lonely',
    unsure: 'unsure',
  } as Record<Label, string>,
  feeds: (count: number) => (count === 1 ? '1 feed' : `${count} feeds`),
  changes: (count: number) => (count === 1 ? '1 change' : `${count} changes`),
  gap: (times: string) => `Not listening ${times}`,
  gapTimes: (count: number, total: string) => `${count} times, ${total} in total`,
  gapSpan: (from: string, to: string) => `${from} to ${to}`,
  less: (percent: string) => `${percent} less than the week before`,
  more: (percent: string) => `${percent} more than the week before`,
  asMuch: 'the same as the week before',
  thisWeek: (daily: string) => `This week: ${daily}`,
  weekOf: (day: string, daily: string) => `Week of ${day}: ${daily}`,
  daily: (minutes: string) => `${minutes} a day`,
  cryingDaily: (minutes: string) => `${minutes} of crying a day`,
  mostBetween: (from: string, to: string) => `Most crying between ${from} and ${to}`,
  cried: {
    fuss: (duration: string) => `fussed for ${duration}`,
    cry: (duration: string) => `cried for ${duration}`,
    scream: (duration: string) => `screamed for ${duration}`,
  },
  restUnheard: 'the rest was not heard',
  itWas: (noun: string, said: string) => `It was ${noun}, ${said}`,
  /** @param by who said it, '' where nobody knows */
  said: (by: string, time: string) => `${by || 'you'} said at ${time}`,
  noAnswers:
    'No answers yet. Say what a cry was, and the journal counts how often the likeliest reason was right.',
  record: (right: number, answers: number, rightPercent: string, commonest: string) =>
    `The likeliest reason was right for ${right} of ${answers} answered ${answers === 1 ? 'cry' : 'cries'} (${rightPercent}); always guessing the most common one would have been right for ${commonest}.`,

  /** In pictures, where there is little room. */
  picture: {
    now: 'now',
    intensity: { fuss: 'fuss', cry: 'cry', scream: 'scream' },
    asleep: 'asleep',
    care: { feed: 'fed', change: 'changed', burp: 'burped', medicine: 'medicine' },
    byHour: 'Crying by hour of the day',
    aDay: 'a day',
    thisWeek: 'this week',
    none: 'none',
    upTo: (minutes: string) => `up to ${minutes} an hour`,
    wasRight: 'Was the likeliest reason right?',
    noAnswers: 'No answers yet',
    sayWhat: 'Say what a cry was, and it is counted here.',
    right: (right: number, answers: number) =>
      `Right ${right} ${right === 1 ? 'time' : 'times'} out of ${answers}`,
    commonest: (right: number) =>
      `Always guessing the most common one: ${right} ${right === 1 ? 'time' : 'times'}`,
    tooFew: 'Too few answers to tell skill from luck',
    worse: 'Worse than always guessing the most common one',
    noBetter: 'No better than always guessing the most common one',
    likeliestLine: 'likeliest',
    commonestLine: 'most common',
    newest: 'newest',
    rightDot: 'right',
    wrongDot: 'wrong',
    noSound: 'No sound was kept.',
    first: (duration: string) => `The first ${duration}. `,
    bars: 'Bars: what sounded like crying',
    before: 'before',
    onset: 'onset',
  },
};

export type JournalTexts = typeof journal;

/** What phones and Home Assistant's logbook show; `__name__` and its like are filled in. */
export const notifications = {
  theBaby: 'The baby',
  crying: 'has been crying for __duration__',
  cried: 'cried for __duration__',
  probably: 'probably __reason__ (__percent__%)',
  maybe: 'maybe __reason__ (__percent__%)',
  unsure: 'not sure why',
  fed: 'last fed __duration__ ago',
  fedImplied: 'fed __duration__ ago (going by an answer)',
  says: '__who__ said at __time__: __reason__',
  or: 'or',
  saysWho: 'said that __name__ cried',
  saysOf: "said about __name__'s cry: __reason__",
  was: 'answered at __time__: __reason__',
  carer: '__who__ is with the baby',
  channel: 'Baby cries',
  sourceChannel: 'Baby not heard',
  sourceLost: 'No sound from __source__ for __duration__: crying is not heard.',
  sourceBack: '__source__ is heard again. It was not heard from __from__ to __to__.',
  source: 'No sound from __source__',
  'guess.hungry': 'hungry',
  'guess.tired': 'tired',
  'guess.discomfort': 'uncomfortable',
  'guess.belly pain': 'belly pain',
  'guess.burping': 'needs to burp',
  'guess.lonely': 'lonely',
  'button.hungry': 'Hungry',
  'button.tired': 'Tired',
  'button.discomfort': 'Uncomfortable',
  'button.belly pain': 'Belly pain',
  'button.burping': 'Needs to burp',
  'button.lonely': 'Lonely',
  'button.other': 'Other…',
  'button.with': "I'm with the baby",
  'button.snooze': 'Snooze 10 min',
};

export type NotificationTexts = typeof notifications;

/** Names of the entities in Home Assistant. */
export const entities = {
  crying: 'Crying',
  cry: 'Cry',
  reason: 'Reason',
  confidence: 'Confidence',
  intensity: 'Intensity',
  lastCry: 'Last cry',
  criesTonight: 'Cries tonight',
  minutesTonight: 'Crying tonight',
  health: 'Source',
  accuracy: 'Reason right so far',
  answer: 'What it was',
  who: 'Who cries',
  baby: 'Who it was',
  preset: 'Sensitivity',
  listening: 'Listening',
  'was hungry': 'Was hungry',
  'was tired': 'Was tired',
  'was discomfort': 'Was uncomfortable',
  'was belly pain': 'Had belly pain',
  'was burping': 'Needed to burp',
  'was lonely': 'Was lonely',
  feed: 'Fed',
  burp: 'Burped',
  change: 'Changed',
  sleep: 'Fell asleep',
  wake: 'Woke up',
};

export type EntityTexts = typeof entities;
