import { dropOldest } from '../../drop-oldest.js';
import { type Answer, type Reason, REASONS } from '../../values.js';
import { type CryFilter, wants } from './cry-filter.js';
import {
  babyOf,
  type ButtonAsk,
  type CryNews,
  type Loudness,
  type NotedCry,
  ownerOf,
  tagOf,
} from './cry-notification.js';

/** What a phone shows of a cry. */
export interface PhoneState {
  /** The news that it shows, or why it shows nothing; '' before anything was sent. */
  shown: string;
  /** Epoch ms. */
  sentAt: number;
  /** The page of buttons. */
  page: number;
  /** Whether it has rung, whatever its volume was. */
  wasCritical: boolean;
  /** Whether it may not have arrived: nobody confirmed that yet. */
  isUnsure?: boolean;
}

/** A notification goes when one of its buttons is tapped, and when it is put away. */
const TAPPED = 'tapped';
const PUT_AWAY = 'put away';
const SNOOZED = 'snoozed';

/** A cry, and who was notified of it. */
export interface CryAlert extends CryNews {
  /** Epoch ms: of the last event, and of the first notification. */
  at: number;
  notifiedAt?: number;
  /** It was given up, since nothing came of it any more; it may go on later. */
  isLost?: boolean;
  /** Somebody was to be notified while it went on, and could not be: late is better than never. */
  isOwed?: boolean;
  /** By the action that notifies. */
  phones: ReadonlyMap<string, PhoneState>;
}

/** What outlives a run. */
export interface PlanState {
  alerts: readonly CryAlert[];
  /** Epoch ms until when a phone is left alone, by the action that notifies. */
  snoozed: ReadonlyMap<string, number>;
}

export interface PlanSettings {
  /** Actions that notify, such as `notify.mobile_app_annas_phone`, in the order in which they are notified. */
  phones: readonly string[];
  filter: CryFilter;
  /** How long each phone has to answer before the next one is notified, and at last all of them ring; 0 notifies all at once. */
  escalateMs: number;
}

/** A notification that is to be sent now. */
export interface DueNotification {
  phone: string;
  news: CryNews;
  page: number;
  loudness: Loudness;
}

/** A button that was tapped on a phone. */
export interface Tap {
  /** Of the notification. */
  tag: string;
  phone: string;
  ask: ButtonAsk;
}

/** What a tap says of a cry: why the baby cried, or which one cries, or both. */
export interface TapNews extends Partial<Pick<Answer, 'reason'>> {
  cry: NotedCry;
  baby?: string;
  /** Epoch ms. */
  at: number;
  by: string;
}

/** How often a notification is updated while its cry goes on: Apple takes 500 a day for each phone. */
const UPDATE_MS = 30_000;
const SNOOZE_MS = 600_000;
/** When a phone that could not be reached is tried again. */
export const RETRY_MS = 3000;
/** How long after its end a cry can be answered. */
const ANSWER_WITHIN_MS = 86_400_000;
/** How long after its last event phones get the buttons of a cry again at a start: taps in between are lost. */
const ASK_AGAIN_WITHIN_MS = 3_600_000;
/** How long after its end somebody is still notified of a cry, who could not be before. */
const LATE_WITHIN_MS = 600_000;
/** More cries than a day has; the oldest is forgotten. */
const MOST_ALERTS = 500;

/**
 * Decides which phone is notified of which cry, when and how loud: one notification for each cry and phone, which follows the
 * cry to its end and takes answers. What a phone shows is compared with what it should show, so that a phone or a Home
 * Assistant that was away catches up. All times are epoch ms.
 */
export class NotificationPlan {
  private readonly alerts = new Map<string, CryAlert>();
  private readonly snoozed = new Map<string, number>();
  /** The phones that cannot be reached. */
  private readonly failures = new Map<string, { since: number; retryAt: number }>();
  /** What is on its way, and what the phone showed before. */
  private readonly sending = new Map<string, { sent: PhoneState; before: PhoneState | undefined }>();

  constructor(private readonly settings: PlanSettings) {}

  /** Phones that cannot be reached now. */
  get failing(): readonly string[] {
    return [...this.failures.keys()];
  }

  /** The cries that go on, as far as is known. */
  get running(): readonly NotedCry[] {
    return [...this.alerts.values()].map(({ cry }) => cry).filter(({ state }) => state !== 'ended');
  }

  /** The newest cry that goes on and of which somebody was notified. */
  get newest(): CryNews | undefined {
    return [...this.alerts.values()]
      .filter(({ cry, phones }) => cry.state !== 'ended' && phones.size > 0)
      .at(-1);
  }

  get state(): PlanState {
    return { alerts: [...this.alerts.values()], snoozed: this.snoozed };
  }

  /**
   * Takes up what an earlier run left. Phones that are not notified any more are left out. Nobody knows what was tapped
   * meanwhile, so that phones are asked again, silently.
   */
  restore({ alerts, snoozed }: PlanState, now: number): void {
    const { phones } = this.settings;
    for (const alert of alerts) {
      const isAskedAgain = alert.answer === undefined && now - alert.at <= ASK_AGAIN_WITHIN_MS;
      const known = [...alert.phones]
        .filter(([phone]) => phones.includes(phone))
        .map(([phone, state]): [string, PhoneState] => [
          phone,
          isAskedAgain && state.shown !== PUT_AWAY && state.shown !== SNOOZED
            ? { ...state, shown: TAPPED }
            : state,
        ]);
      this.alerts.set(alert.cry.id, { ...alert, phones: new Map(known) });
    }
    for (const [phone, until] of snoozed) this.snoozed.set(phone, until);
  }

  /** @returns whether it is news: not that of a cry which is over, or whose beginning nobody knows */
  pushCry(cry: NotedCry, now: number): boolean {
    const before = this.alerts.get(cry.id);
    const isOver = before?.cry.state === 'ended' && !before.isLost;
    // A recording that is played again starts over.
    if (cry.state !== 'started' && (isOver || (!before && cry.state === 'ended'))) return false;
    const known = isOver ? undefined : before;
    const isOwed = known !== undefined && cry.state === 'ended' && this.isOwed(known, now);
    this.alerts.set(cry.id, { phones: new Map(), ...known, cry, at: now, isLost: false, isOwed });
    this.forget(now);
    return true;
  }

  /** Nothing comes of a cry any more: it is over, unless it goes on later. */
  giveUp(cryId: string, now: number): void {
    const alert = this.alerts.get(cryId);
    if (alert === undefined) return;
    const isOwed = this.isOwed(alert, now);
    this.update(alert, { cry: { ...alert.cry, state: 'ended' }, isLost: true, isOwed });
  }

  /** Takes what somebody said a cry was; the answer given last counts. @returns whether it is news */
  pushAnswer(answer: Answer): boolean {
    const alert = this.alerts.get(answer.cry);
    if (alert === undefined || !replaces(answer, alert.answer)) return false;
    this.update(alert, { answer });
    return true;
  }

  /** Takes whose cry somebody said it was. @returns whether it is news */
  pushOwner(cryId: string, owner: string): boolean {
    const alert = this.alerts.get(cryId);
    if (alert === undefined || alert.owner === owner) return false;
    this.update(alert, { owner });
    return true;
  }

  /** An answer was refused, or withdrawn: it is asked for again. @returns whether one was shown */
  withdrawAnswer(cryId: string): boolean {
    const alert = this.alerts.get(cryId);
    if (alert?.answer === undefined) return false;
    this.update(alert, { answer: undefined });
    return true;
  }

  /**
   * @param by who tapped it
   * @returns what it says of a cry, if it says something new
   */
  pushTap(tap: Tap, by: string, now: number): TapNews | undefined {
    const { phone, ask } = tap;
    const tapped = this.alertOf(tap);
    if (tapped === undefined) return undefined;
    // Once somebody is with the baby, nobody else has to be alerted, even if another plan notified that person.
    const alert = ask === 'with' ? this.update(tapped, { carer: tapped.carer ?? by }) : tapped;
    const state = alert.phones.get(phone);
    if (state === undefined) return undefined;
    const { id } = alert.cry;
    const baby = babyOf(ask);
    this.show(id, phone, {
      ...state,
      // It arrived.
      isUnsure: false,
      shown: ask === 'snooze' ? SNOOZED : TAPPED,
      page: ask === 'other' ? state.page + 1 : baby === undefined ? state.page : 0,
    });
    if (ask === 'snooze') this.snoozed.set(phone, now + SNOOZE_MS);
    if (baby !== undefined)
      return this.pushOwner(id, baby) ? { cry: alert.cry, baby, at: now, by } : undefined;
    if (!isReason(ask)) return undefined;
    const owner = alert.cry.who && ownerOf(alert);
    const isNews = this.pushAnswer({ cry: id, reason: ask, at: now, by });
    return isNews ? { cry: alert.cry, reason: ask, at: now, by, ...(owner && { baby: owner }) } : undefined;
  }

  /** The notification was put away: it is left alone until it has to ring. */
  pushPutAway(notification: Pick<Tap, 'tag' | 'phone'>): void {
    const { phone } = notification;
    const alert = this.alertOf(notification);
    const state = alert?.phones.get(phone);
    if (state) this.show(alert!.cry.id, phone, { ...state, shown: PUT_AWAY, isUnsure: false });
  }

  /** A phone can be reached again. @returns whether it could not before */
  pushReachable(phone: string): boolean {
    return this.failures.delete(phone);
  }

  /** All phones are worth a try: there is a new connection. */
  pushConnected(): void {
    this.failures.clear();
  }

  /** What is to be sent now. */
  due(now: number): DueNotification[] {
    const due: DueNotification[] = [];
    for (const known of this.alerts.values()) {
      // Where the clock was set back, the time to answer begins anew.
      const alert = (known.notifiedAt ?? now) > now ? this.update(known, { notifiedAt: now }) : known;
      const recipients = this.recipientsOf(alert, now);
      for (const phone of new Set([...alert.phones.keys(), ...recipients.phones])) {
        if (this.sending.has(keyOf(phone, alert)) || this.isFailing(phone, now)) continue;
        const loudness = loudnessOf(
          alert,
          phone,
          recipients.phones.includes(phone) ? recipients.loudness : undefined,
          now,
        );
        if (loudness === undefined) continue;
        due.push({ phone, news: alert, page: alert.phones.get(phone)?.page ?? 0, loudness });
      }
    }
    return due;
  }

  /** A notification is being sent: kept before it is, it is not sent again by a run after this one. */
  startSending({ phone, news, page, loudness }: DueNotification, now: number): void {
    const alert = this.alerts.get(news.cry.id);
    if (alert === undefined) return;
    const before = alert.phones.get(phone);
    const wasCritical = before?.wasCritical === true || loudness === 'critical';
    const isUnsure = loudness === 'usual' || loudness === 'once';
    const sent: PhoneState = { shown: stageOf(alert, page), sentAt: now, page, wasCritical, isUnsure };
    this.sending.set(keyOf(phone, alert), { sent, before });
    this.show(alert.cry.id, phone, sent);
    this.update(this.alerts.get(alert.cry.id)!, { notifiedAt: alert.notifiedAt ?? now });
  }

  /** It was sent. */
  succeed({ phone, news }: DueNotification): void {
    this.sending.delete(keyOf(phone, news));
    this.failures.delete(phone);
    const state = this.alerts.get(news.cry.id)?.phones.get(phone);
    if (state?.isUnsure) this.show(news.cry.id, phone, { ...state, isUnsure: false });
  }

  /** The connection broke off: nobody knows whether it was sent. */
  doubt(notification: DueNotification): void {
    const key = keyOf(notification.phone, notification.news);
    if (this.sending.get(key)?.sent.isUnsure) this.sending.delete(key);
    else this.cancel(notification);
  }

  /** It was not sent, since there is no connection. */
  cancel({ phone, news }: DueNotification): void {
    const key = keyOf(phone, news);
    const { sent, before } = this.sending.get(key) ?? {};
    this.sending.delete(key);
    const alert = this.alerts.get(news.cry.id);
    // Unless it was tapped meanwhile, and so was there all the same.
    if (alert === undefined || alert.phones.get(phone) !== sent) return;
    const phones = new Map(alert.phones);
    if (before === undefined) phones.delete(phone);
    else phones.set(phone, before);
    this.update(alert, { phones, ...(before === undefined && { isOwed: true }) });
  }

  /** It was not sent, since its phone cannot be reached. @returns for how long it could not, in ms */
  fail(notification: DueNotification, now: number): number {
    const { phone } = notification;
    this.cancel(notification);
    const { since } = this.failures.get(phone) ?? { since: now };
    this.failures.set(phone, { since, retryAt: now + RETRY_MS });
    return now - since;
  }

  /** Who is to be alerted of a cry now, and how loud. */
  private recipientsOf(alert: CryAlert, now: number): { phones: string[]; loudness: Loudness } {
    const { phones, filter, escalateMs } = this.settings;
    const { cry, notifiedAt = now } = alert;
    const isWanted = alert.notifiedAt !== undefined || wants(filter, cry, now);
    const mayBeLate = isLate(alert, now);
    if (!(isOpen(alert) || mayBeLate) || !isWanted) return { phones: [], loudness: 'usual' };
    // A phone that snoozes, or cannot be reached, does not keep the next one from being notified.
    const awake = phones.filter(phone => !this.isSnoozing(phone, now) && !this.isFailing(phone, now));
    if (escalateMs === 0) return { phones: awake, loudness: 'usual' };
    if (mayBeLate) return { phones: awake.slice(0, 1), loudness: 'usual' };
    const step = Math.floor((now - notifiedAt) / escalateMs);
    return { phones: awake.slice(0, step + 1), loudness: step < awake.length ? 'usual' : 'critical' };
  }

  /** Whether somebody was to be notified of a cry that goes on, and could not be: Home Assistant or a phone is away. */
  private isOwed(alert: CryAlert, now: number): boolean {
    const { phones, filter, escalateMs } = this.settings;
    if (alert.isOwed === true) return true;
    if (!isOpen(alert) || !(alert.notifiedAt !== undefined || wants(filter, alert.cry, now))) return false;
    return phones
      .slice(0, escalateMs === 0 ? phones.length : 1)
      .some(phone => !alert.phones.has(phone) && !this.isSnoozing(phone, now));
  }

  private isSnoozing(phone: string, now: number): boolean {
    return isAhead(this.snoozed.get(phone), now, SNOOZE_MS);
  }

  private isFailing(phone: string, now: number): boolean {
    return isAhead(this.failures.get(phone)?.retryAt, now, RETRY_MS);
  }

  private alertOf({ tag }: Pick<Tap, 'tag'>): CryAlert | undefined {
    return [...this.alerts.values()].find(({ cry }) => tagOf(cry.id) === tag);
  }

  private show(cryId: string, phone: string, state: PhoneState): void {
    const alert = this.alerts.get(cryId)!;
    this.update(alert, { phones: new Map(alert.phones).set(phone, state) });
  }

  private update(alert: CryAlert, change: Partial<CryAlert>): CryAlert {
    const updated = { ...alert, ...change };
    this.alerts.set(alert.cry.id, updated);
    return updated;
  }

  /** Forgets cries of which nobody was notified, or that nobody will answer any more. */
  private forget(now: number): void {
    for (const [id, alert] of this.alerts) {
      const { cry, phones, at } = alert;
      const isOver = cry.state === 'ended' && !isLate(alert, now);
      if (isOver && (at < now - ANSWER_WITHIN_MS || phones.size === 0)) this.alerts.delete(id);
    }
    dropOldest(this.alerts, MOST_ALERTS);
  }
}

/** Whether a time is still ahead, by no more than was planned: after the clock was set back, nobody waits for hours. */
function isAhead(time: number | undefined, now: number, atMostMs: number): boolean {
  return time !== undefined && time > now && time - now <= atMostMs;
}

/** Whether somebody still has to see to a cry. */
function isOpen({ cry, answer, carer }: CryNews): boolean {
  return cry.state !== 'ended' && answer === undefined && carer === undefined;
}

/** Whether a cry is over of which somebody still has to be notified. */
function isLate({ cry, answer, carer, isOwed, at }: CryAlert, now: number): boolean {
  const isAttended = answer !== undefined || carer !== undefined;
  return isOwed === true && cry.state === 'ended' && !isAttended && now - at <= LATE_WITHIN_MS;
}

/** Whether an answer takes the place of the one before. The same one may come back by another way, without who gave it. */
function replaces(answer: Answer, before: Answer | undefined): boolean {
  if (before === undefined) return true;
  const isSame = answer.reason === before.reason && (answer.by ?? before.by) === before.by;
  return answer.at >= before.at && !isSame;
}

/** What a phone shows of a cry, but for how long it goes on: what is the same needs no update. */
function stageOf(news: CryNews, page: number): string {
  const { cry, answer, carer } = news;
  const said = answer ? { reason: answer.reason, by: answer.by ?? '' } : null;
  // Where there are several babies, the buttons are other ones once it is known who cries.
  const owner = cry.who && [ownerOf(news) ?? null];
  return JSON.stringify([cry.state === 'ended', said, carer ?? null, page, ...(owner ?? [])]);
}

/**
 * How a phone is to be notified now; undefined when it is not.
 * @param wanted how it is to be alerted, if it is
 */
function loudnessOf(
  alert: CryAlert,
  phone: string,
  wanted: Loudness | undefined,
  now: number,
): Loudness | undefined {
  const state = alert.phones.get(phone);
  if (state === undefined) return wanted;
  if (state.isUnsure) return now - alert.at <= LATE_WITHIN_MS ? 'once' : 'silent';
  if (wanted === 'critical' && !state.wasCritical) return wanted;
  if (state.shown === PUT_AWAY) return undefined;
  if (state.shown === SNOOZED) return isOpen(alert) ? wanted : 'silent';
  const isOutdated = alert.cry.state !== 'ended' && Math.abs(now - state.sentAt) >= UPDATE_MS;
  return isOutdated || state.shown !== stageOf(alert, state.page) ? 'silent' : undefined;
}

function keyOf(phone: string, { cry }: CryNews): string {
  return `${phone} ${cry.id}`;
}

function isReason(ask: ButtonAsk): ask is Reason {
  return REASONS.some(reason => reason === ask);
}
