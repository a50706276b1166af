import type { Language } from '../texts/language.js';
import type { Reason, SourceState } from '../values.js';

const en = {
  title: 'Baby monitor',
  quiet: 'No cry heard yet.',
  off: 'Listening is switched off in Home Assistant.',
  lost: 'The connection to DeepInfant is lost.',
  when: (time: string) => `at ${time}`,
  what: 'What was it?',
  notTaken: 'The answer was not taken:',
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
  losses: (seconds: number, restarts: number) => `${seconds} s lost, opened again ${restarts} times`,
  states: {
    starting: 'opening',
    running: 'listening',
    silent: 'silent',
    stalled: 'no sound comes',
    backoff: 'waiting for the next try',
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
  what: 'Was war es?',
  notTaken: 'Die Antwort wurde nicht übernommen:',
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
  losses: (seconds, restarts) => `${seconds} s verloren, ${restarts}-mal neu geöffnet`,
  states: {
    starting: 'wird geöffnet',
    running: 'hört zu',
    silent: 'stumm',
    stalled: 'kein Ton kommt an',
    backoff: 'wartet auf den nächsten Versuch',
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
