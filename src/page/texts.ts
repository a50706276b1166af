import type { Language } from '../texts/language.js';
import type { Reason, SourceState } from '../values.js';

const en = {
  title: 'Baby monitor',
  quiet: 'No cry heard yet.',
  off: 'Listening is switched off in Home Assistant.',
  lost: 'The connection to DeepInfant is lost.',
  when: (time: string) => `at ${time}`,
  shard: 'Shard',
  shardOf: (number: number, of: number) => `Shard ${number} of ${of}`,
  what: 'What was it?',
  happened: 'What happened just now?',
  facts: { feed: 'Fed', burp: 'Burped', change: 'Changed', sleep: 'Fell asleep', wake: 'Woke up' },
  noted: (fact: string) => `Noted: ${fact}.`,
  takeBack: 'Undo',
  notTaken: 'This was not saved:',
  reasons: {
    hungry: 'Hungry',
    tired: 'Tired',
    discomfort: 'Uncomfortable',
    'belly pain': 'Belly pain',
    burping: 'Needs to burp',
    lonely: 'Lonely',
  } as Record<Reason, string>,
  sources: 'Sources',
  source: 'Source',
  state: 'Status',
  level: 'Level',
  score: 'Cry',
  losses: (seconds: number, restarts: number) =>
    [
      seconds > 0 ? `${seconds} s lost` : '',
      restarts > 0 ? `opened again ${restarts === 1 ? 'once' : `${restarts} times`}` : '',
    ]
      .filter(Boolean)
      .join(', '),
  states: {
    starting: 'opening',
    running: 'listening',
    silent: 'silent',
    stalled: 'no sound comes',
    backoff: 'retrying soon',
    failed: 'failed',
    stopped: 'off',
  } as Record<SourceState, string>,
  sound: 'Sound now',
  soundOf: (source: string) => `Spectrogram and cry score of the last half minute of ${source}`,
  watch: 'Source to look at',
  ofRoom: 'Journal of',
  night: 'Night',
  weeks: 'Weeks',
  record: 'How often the reason was right',
  connections: 'Connections',
  works: 'connected',
  messages: 'Messages',
};

export type PageTexts = typeof en;

const de: PageTexts = {
  title: 'Babyphone',
  quiet: 'Noch kein Schreien gehört.',
  off: 'Das Zuhören ist in Home Assistant ausgeschaltet.',
  lost: 'Die Verbindung zu DeepInfant ist unterbrochen.',
  when: time => `um ${time}`,
  shard: 'Shard',
  shardOf: (number, of) => `Shard ${number} von ${of}`,
  what: 'Was war es?',
  happened: 'Was ist gerade passiert?',
  facts: {
    feed: 'Gefüttert',
    burp: 'Bäuerchen',
    change: 'Gewickelt',
    sleep: 'Eingeschlafen',
    wake: 'Aufgewacht',
  },
  noted: fact => `Notiert: ${fact}.`,
  takeBack: 'Rückgängig',
  notTaken: 'Das wurde nicht gespeichert:',
  reasons: {
    hungry: 'Hungrig',
    tired: 'Müde',
    discomfort: 'Unwohl',
    'belly pain': 'Bauchweh',
    burping: 'Bäuerchen',
    lonely: 'Einsam',
  },
  sources: 'Quellen',
  source: 'Quelle',
  state: 'Status',
  level: 'Pegel',
  score: 'Schreien',
  losses: (seconds, restarts) =>
    [
      seconds > 0 ? `${seconds} s verloren` : '',
      restarts > 0 ? `${restarts === 1 ? 'einmal' : `${restarts}-mal`} neu geöffnet` : '',
    ]
      .filter(Boolean)
      .join(', '),
  states: {
    starting: 'wird geöffnet',
    running: 'hört zu',
    silent: 'stumm',
    stalled: 'kein Ton kommt an',
    backoff: 'neuer Versuch folgt',
    failed: 'gestört',
    stopped: 'aus',
  },
  sound: 'Ton jetzt',
  soundOf: source => `Spektrogramm und Schreien der letzten halben Minute von ${source}`,
  watch: 'Angezeigte Quelle',
  ofRoom: 'Tagebuch von',
  night: 'Nacht',
  weeks: 'Wochen',
  record: 'Wie oft der Grund richtig war',
  connections: 'Verbindungen',
  works: 'verbunden',
  messages: 'Meldungen',
};

export function textsIn(language: Language): PageTexts {
  return { en, de }[language];
}
