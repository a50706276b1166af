import { createHash } from 'node:crypto';
import { timeText } from '../../journal/calendar.js';
import { certaintyOf } from '../../reason/certainty.js';
import { durationText } from '../../texts/duration.js';
import { type Answer, type BabyEstimate, type CryEvent, REASONS, type ReasonEstimate } from '../../values.js';
import { phoneUrl } from './phone-url.js';

/** Gives a text in the user's language, from its key and what is filled in. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** What a notification needs of a cry event. */
export type NotedCry = Pick<CryEvent, 'id' | 'state' | 'durationS' | 'intensity' | 'picture' | 'clip'> & {
  reason?: Pick<ReasonEstimate, 'label' | 'confidence'>;
  who?: Pick<BabyEstimate, 'label'>;
};

/** All that a notification shows. */
export interface CryNews {
  cry: NotedCry;
  /** The one given last. */
  answer?: Answer;
  /** Who is with the baby. */
  carer?: string;
}

/** What is known of the baby. */
export interface BabyInWords {
  name: string;
  /** Epoch ms of the last feed. */
  lastFed?: number;
}

/** What a button of a notification asks for. */
const BUTTONS = [...REASONS, 'other', 'with', 'snooze'] as const;
export type ButtonAsk = (typeof BUTTONS)[number];

/** How loud a notification is: silent, as usual, or ringing even when the phone is muted or on do not disturb. */
export type Loudness = 'silent' | 'usual' | 'critical';

/**
 * Android shows the first three buttons alone (companion.home-assistant.io, Actionable notifications), so that `other`
 * leads from page to page.
 */
const PAGES: readonly (readonly ButtonAsk[])[] = [
  ['hungry', 'tired', 'other', 'with', 'snooze'],
  ['discomfort', 'belly pain', 'other'],
  ['burping', 'lonely', 'other'],
  ['with', 'snooze', 'other'],
];
/** Once somebody is there, or all is over. */
const REASON_PAGES = PAGES.slice(0, 3).map(page => page.filter(ask => ask !== 'with' && ask !== 'snooze'));

/** An older feed says nothing about now. */
const FED_WITHIN_MS = 86_400_000;

/** Identifies a cry's notification on a phone: a later one with the same tag replaces it. */
export function tagOf(cryId: string): string {
  return `deepinfant-${createHash('sha256').update(cryId).digest('hex').slice(0, 12)}`;
}

/** What a phone sends back when a button is tapped. It names the phone, since not every phone does. */
function actionOf(tag: string, phone: string, ask: ButtonAsk): string {
  return [tag, phone, ask].join('/');
}

/** The parts of an action; undefined if it is not one of ours. */
export function readAction(action: unknown): { tag: string; phone: string; ask: ButtonAsk } | undefined {
  if (typeof action !== 'string') return undefined;
  const [tag, phone, ask] = action.split('/');
  const known = BUTTONS.find(button => button === ask);
  return known && { tag, phone, ask: known };
}

/** What is known of a cry, without the baby's name: 'has been crying for 20 s, probably hungry (62%), last fed 3 h ago'. */
export function cryText(say: Say, { cry, answer, carer }: CryNews, fedAgoMs = Infinity): string {
  const isOver = cry.state === 'ended';
  const duration = durationText(Math.max(1, cry.durationS));
  return [
    say(isOver ? 'cried' : 'crying', { duration }),
    answer ? answerText(say, answer) : reasonText(say, cry.reason),
    !answer && carer && say('carer', { who: carer }),
    !isOver && !answer && fedAgoMs < FED_WITHIN_MS && say('fed', { duration: durationText(fedAgoMs / 1000) }),
  ]
    .filter(Boolean)
    .join(', ');
}

function answerText(say: Say, { reason, by, at }: Answer): string {
  const values = { reason: say(`guess.${reason}`), time: timeText(at) };
  return by === undefined ? say('was', values) : say('says', { ...values, who: by });
}

function reasonText(say: Say, reason: NotedCry['reason']): string {
  if (reason === undefined) return '';
  const { label, confidence } = reason;
  if (label === 'unsure') return say('unsure');
  const values = { reason: say(`guess.${label}`), percent: Math.round(100 * confidence) };
  return say(certaintyOf(confidence), values);
}

/**
 * What the action of a phone's companion app takes (companion.home-assistant.io, Notifications).
 * @param phone the action, such as `notify.mobile_app_annas_phone`
 * @param now epoch ms
 */
export function notificationFor({
  phone,
  news,
  baby,
  page,
  loudness,
  say,
  now,
}: {
  phone: string;
  news: CryNews;
  baby: BabyInWords;
  page: number;
  loudness: Loudness;
  say: Say;
  now: number;
}): object {
  const { cry, answer, carer } = news;
  const tag = tagOf(cry.id);
  const pages = cry.state === 'ended' || carer !== undefined ? REASON_PAGES : PAGES;
  const asks = answer ? [] : pages[page % pages.length];
  const image = phoneUrl(cry.picture);
  const audio = phoneUrl(cry.clip);
  return {
    message: `${baby.name} ${cryText(say, news, baby.lastFed === undefined ? undefined : now - baby.lastFed)}`,
    data: {
      tag,
      group: 'deepinfant',
      actions: asks.map(ask => ({ action: actionOf(tag, phone, ask), title: say(`button.${ask}`) })),
      ...(image && { image }),
      ...(audio && { audio }),
      // At once, even to a phone that sleeps.
      ttl: 0,
      priority: 'high',
      importance: 'high',
      channel: loudness === 'critical' ? 'alarm_stream' : say('channel'),
      // What replaces a notification makes no sound of its own, unless it is to.
      alert_once: loudness === 'silent',
      push: PUSH[loudness],
    },
  };
}

/** What iOS takes. */
const PUSH: Record<Loudness, object> = {
  silent: { sound: 'none', 'interruption-level': 'passive' },
  usual: { 'interruption-level': 'time-sensitive' },
  critical: { sound: { name: 'default', critical: 1, volume: 1 }, 'interruption-level': 'critical' },
};
