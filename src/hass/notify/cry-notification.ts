import { encodePart } from '../../encode-part.js';
import { createHash } from 'node:crypto';
import type { LastFed } from '../../baby/estimator.js';
import { timeText } from '../../journal/calendar.js';
import { certaintyOf } from '../../reason/certainty.js';
import { durationText } from '../../texts/duration.js';
import { type Answer, type CryEvent, REASONS, type ReasonEstimate } from '../../values.js';
import { phoneUrl } from './phone-url.js';

/** Gives a text in the user's language, from its key and what is filled in. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** What a notification needs of a cry event. */
export type NotedCry = Pick<CryEvent, 'id' | 'state' | 'durationS' | 'intensity' | 'picture' | 'clip'> & {
  reason?: Pick<ReasonEstimate, 'label' | 'confidence'>;
  /** Who cries, or `unsure`, where several babies may; and the names of all of them, always in the same order. */
  who?: { label: string; names: string[] };
};

/** All that a notification shows. */
export interface CryNews {
  cry: NotedCry;
  /** The one given last. */
  answer?: Answer;
  /** Who is with the baby. */
  carer?: string;
  /** Whose cry it is, as somebody said. */
  owner?: string;
}

/** What a notification needs of an event. */
export function notedCryOf({
  id,
  state,
  durationS,
  intensity,
  reason,
  who,
  picture,
  clip,
}: CryEvent): NotedCry {
  return {
    id,
    state,
    durationS,
    intensity,
    ...(reason && { reason: { label: reason.label, confidence: reason.confidence } }),
    ...(who && { who: { label: who.label, names: Object.keys(who.probabilities) } }),
    picture,
    clip,
  };
}

/** What is known of the baby. */
export interface BabyInWords {
  name: string;
  lastFed?: LastFed;
}

/** What a button of a notification asks for; the last one says whose cry it is. */
const BUTTONS = [...REASONS, 'other', 'with', 'snooze'] as const;
export type ButtonAsk = (typeof BUTTONS)[number] | `baby:${string}`;

/**
 * How loud a notification is: silent, as usual, as usual unless the phone shows it already, or ringing even when the phone is
 * muted or on do not disturb.
 */
export type Loudness = 'silent' | 'usual' | 'once' | 'critical';

/**
 * Android shows the first three buttons alone (companion.home-assistant.io, Actionable notifications), so that `other`
 * leads from page to page.
 */
const BUTTONS_SHOWN = 3;
/** While somebody still has to come. */
const ALERT_PAGES: readonly (readonly ButtonAsk[])[] = [
  ['with', 'hungry', 'other', 'snooze'],
  ['tired', 'discomfort', 'other'],
  ['belly pain', 'burping', 'other'],
  ['lonely', 'snooze', 'other'],
];
/** Once somebody is there, or said whose cry it is, or all is over. */
const REASON_PAGES: readonly (readonly ButtonAsk[])[] = [
  ['hungry', 'tired', 'other'],
  ['discomfort', 'belly pain', 'other'],
  ['burping', 'lonely', 'other'],
];

/** An older feed says nothing about now. */
const FED_WITHIN_MS = 86_400_000;

/**
 * Identifies a notification on a phone: a later one with the same tag replaces it.
 * @param id of the cry, or of what else it is about
 * @param kind what all tags of that kind begin with
 */
export function tagOf(id: string, kind = 'deepinfant'): string {
  return `${kind}-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

/** What a phone sends back when a button is tapped. It names the phone, since not every phone does. */
function actionOf(tag: string, phone: string, ask: ButtonAsk): string {
  const baby = babyOf(ask);
  return [tag, phone, baby === undefined ? ask : `baby:${encodePart(baby)}`].join('/');
}

/** The baby that a button names. */
export function babyOf(ask: ButtonAsk): string | undefined {
  return ask.startsWith('baby:') ? ask.slice('baby:'.length) : undefined;
}

/** The parts of an action; undefined if it is not one of ours. */
export function readAction(action: unknown): { tag: string; phone: string; ask: ButtonAsk } | undefined {
  if (typeof action !== 'string') return undefined;
  const [tag, phone, ask = ''] = action.split('/');
  const known = BUTTONS.find(button => button === ask) ?? readBaby(ask);
  return known && { tag, phone, ask: known };
}

function readBaby(ask: string): ButtonAsk | undefined {
  const name = /^baby:(.+)$/.exec(ask)?.[1];
  try {
    return name === undefined ? undefined : `baby:${decodeURIComponent(name)}`;
  } catch {
    return undefined; // Another app's.
  }
}

/** Whose cry it is, where there are several babies: as somebody said, or else as it sounds; undefined where nobody knows. */
export function ownerOf({ cry: { who }, owner }: CryNews): string | undefined {
  return owner ?? (who === undefined || who.label === 'unsure' ? undefined : who.label);
}

/** The buttons, page by page. */
function pagesOf(news: CryNews): readonly (readonly ButtonAsk[])[] {
  const { cry, carer, owner: saidOwner } = news;
  const isAlert = cry.state !== 'ended' && carer === undefined;
  const reasons = isAlert && saidOwner === undefined ? ALERT_PAGES : REASON_PAGES;
  const owner = ownerOf(news);
  const babies = (cry.who?.names ?? [])
    .filter(name => name !== owner)
    .map((name): ButtonAsk => `baby:${name}`);
  if (babies.length === 0) return reasons;
  if (owner !== undefined) return [...reasons, ...inPages(babies)];
  // An answer counts only where it is known whose cry it is.
  if (!isAlert) return babies.length <= BUTTONS_SHOWN ? [babies] : inPages(babies);
  const asks: ButtonAsk[] = ['with', ...babies];
  // What Android does not show comes last.
  return asks.length <= BUTTONS_SHOWN ? [[...asks, 'snooze']] : inPages(asks);
}

/** Each page leads to the next. */
function inPages(asks: readonly ButtonAsk[]): readonly (readonly ButtonAsk[])[] {
  const pages: ButtonAsk[][] = [];
  for (let i = 0; i < asks.length; i += BUTTONS_SHOWN - 1)
    pages.push([...asks.slice(i, i + BUTTONS_SHOWN - 1), 'other']);
  return pages;
}

/** What is known of a cry, without the baby's name: 'has been crying for 20 s, probably hungry (62%), last fed 3 h ago'. */
export function cryText(
  say: Say,
  { cry, answer, carer }: Pick<CryNews, 'answer' | 'carer'> & { cry: Omit<NotedCry, 'who'> },
  fed?: { agoMs: number; isImplied: boolean },
): string {
  const isOver = cry.state === 'ended';
  const duration = durationText(Math.max(1, cry.durationS));
  return [
    say(isOver ? 'cried' : 'crying', { duration }),
    answer ? answerText(say, answer) : reasonText(say, cry.reason),
    !answer && carer && say('carer', { who: carer }),
    !isOver && !answer && fedText(say, fed),
  ]
    .filter(Boolean)
    .join(', ');
}

/** 'last fed 3 h ago'; a feed that nobody told of is presumed. */
function fedText(say: Say, fed: { agoMs: number; isImplied: boolean } | undefined): string {
  if (fed === undefined || fed.agoMs >= FED_WITHIN_MS) return '';
  return say(fed.isImplied ? 'fedImplied' : 'fed', { duration: durationText(fed.agoMs / 1000) });
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
  dashboard,
  say,
  now,
}: {
  phone: string;
  news: CryNews;
  baby: BabyInWords;
  page: number;
  loudness: Loudness;
  /** The page that a tap on the notification opens, such as `/lovelace/baby`; '' for what the app opens by itself. */
  dashboard: string;
  say: Say;
  now: number;
}): object {
  const { cry, answer } = news;
  const tag = tagOf(cry.id);
  const pages = pagesOf(news);
  const asks = answer ? [] : pages[page % pages.length];
  const image = phoneUrl(cry.picture);
  const audio = phoneUrl(cry.clip);
  return {
    message: `${baby.name} ${cryText(say, news, baby.lastFed && { agoMs: now - baby.lastFed.at, isImplied: baby.lastFed.isImplied })}`,
    data: {
      tag,
      group: 'deepinfant',
      actions: asks.map(ask => ({ action: actionOf(tag, phone, ask), title: titleOf(ask, news, say) })),
      ...(image && { image }),
      ...(audio && { audio }),
      ...deliveryOf(loudness, say('channel'), dashboard),
    },
  };
}

/** Where there are several babies, a reason's button says whose cry it answers: 'Mia: hungry'. */
function titleOf(ask: ButtonAsk, news: CryNews, say: Say): string {
  const owner = news.cry.who && ownerOf(news);
  const reason = REASONS.find(known => known === ask);
  if (owner !== undefined && reason) return `${owner}: ${say(`guess.${reason}`)}`;
  return babyOf(ask) ?? say(`button.${ask}`);
}

/**
 * How a notification arrives (companion.home-assistant.io, Notification commands and Critical notifications).
 * @param channel its name in Android's settings
 * @param dashboard the page that a tap on it opens; '' for what the app opens by itself
 */
export function deliveryOf(loudness: Loudness, channel: string, dashboard: string): object {
  return {
    // Android's and iOS's word for the same.
    ...(dashboard !== '' && { clickAction: dashboard, url: dashboard }),
    // At once, even to a phone that sleeps.
    ttl: 0,
    priority: 'high',
    importance: 'high',
    channel: loudness === 'critical' ? 'alarm_stream' : channel,
    // What replaces a notification makes no sound of its own, unless it is to.
    alert_once: loudness === 'silent' || loudness === 'once',
    push: PUSH[loudness],
  };
}

/** What iOS takes. */
const PUSH: Record<Loudness, object> = {
  silent: { sound: 'none', 'interruption-level': 'passive' },
  usual: { 'interruption-level': 'time-sensitive' },
  // It has no such thing, and rings rather twice than never.
  once: { 'interruption-level': 'time-sensitive' },
  critical: { sound: { name: 'default', critical: 1, volume: 1 }, 'interruption-level': 'critical' },
};
