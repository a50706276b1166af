import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { Turns } from '../../turns.js';
import { at } from '../../unknown-data.js';
import type { Answer, CryEvent } from '../../values.js';
import { writeAtomically } from '../../files/write-atomically.js';
import type { HassConnection } from '../connection.js';
import { type CryFilter, wants } from './cry-filter.js';
import {
  type BabyInWords,
  type CryNews,
  type Loudness,
  type NotedCry,
  notificationFor,
  readAction,
  type Say,
  tagOf,
} from './cry-notification.js';
import { RunningCries } from '../running-cries.js';

/** A phone that has a notification of a cry. */
interface PhoneState {
  /** What it shows, or why it shows nothing; '' before anything was sent. */
  shown: string;
  /** Epoch ms. */
  sentAt: number;
  /** The page of buttons. */
  page: number;
  /** Whether it was alerted aloud. */
  wasCritical: boolean;
}

/** A notification goes when one of its buttons is tapped, and when it is put away. */
const TAPPED = 'tapped';
const PUT_AWAY = 'put away';
const SNOOZED = 'snoozed';

/** A cry, and who was told of it. */
interface Episode extends CryNews {
  /** Epoch ms: of the last event, and of the first notification. */
  at: number;
  notifiedAt?: number;
  /** By the action that notifies. */
  phones: Map<string, PhoneState>;
}

/** What outlives a run. */
interface Kept {
  episodes: (Omit<Episode, 'phones'> & { phones: [string, PhoneState][] })[];
  /** Epoch ms until when a phone wants to hear nothing. */
  snoozed: Record<string, number>;
}

/** A notification whose cry goes on is updated so often: Apple takes 500 a day and phone. */
const UPDATE_MS = 30_000;
const SNOOZE_MS = 600_000;
/** A phone that could not be told is tried again so often. */
const RETRY_MS = 3000;
/** What is refused for so long is reported: phones come back some seconds after a Home Assistant that restarted. */
const REPORT_AFTER_MS = 10_000;
/** For so long after its end a cry can be answered. */
const ANSWER_WITHIN_MS = 86_400_000;

export interface CryNotifierOptions {
  hass: HassConnection;
  /** Actions that notify, such as `notify.mobile_app_annas_phone`: in the order in which they are told. */
  phones: readonly string[];
  filter: CryFilter;
  /** How long each one has to answer before the next one is told, and at last all of them aloud; 0 tells all at once. */
  escalateMs: number;
  baby: (cry: NotedCry) => BabyInWords;
  say: Say;
  /** Keeps who was told what, so that answers count and nothing is told twice after a crash, too. */
  file: string;
  /** Gets each answer that is tapped. */
  answered: (answer: Answer, cry: NotedCry) => void;
  /** Gets what goes wrong with a phone, once until it is well again. */
  report: (error: unknown) => void;
  /** Is called when `failing` or `newest` changes. */
  changed: () => void;
}

/**
 * Tells phones of cries: one notification a cry and phone, which follows the cry to its end and takes one answer. What a
 * phone shows is compared with what it should show, so that a phone or a Home Assistant that was away catches up.
 */
export class CryNotifier {
  private readonly episodes = new Map<string, Episode>();
  private snoozed: Record<string, number> = {};
  /** Phones that could not be told, and when they are tried again: epoch ms. */
  /** The phones that cannot be told, since when, and when it is tried again; epoch ms. */
  private readonly failures = new Map<string, { since: number; retryAt: number }>();
  private readonly reported = new Set<string>();
  /** What is on its way, by phone and cry. */
  private readonly sending = new Map<string, Promise<void>>();
  private readonly savings = new Turns();
  /** Persons by their users. */
  private readonly names = new Map<unknown, string>();
  private tending: NodeJS.Timeout | undefined;
  private readonly unsubscribe: (() => void)[] = [];
  private isStopped = false;
  private readonly running = new RunningCries<NotedCry>(cry => {
    this.hear({ ...cry, state: 'ended' });
  });

  constructor(private readonly options: CryNotifierOptions) {}

  /** Phones that cannot be told now. */
  get failing(): readonly string[] {
    return [...this.failures.keys()];
  }

  /** The newest cry that goes on and of which somebody was told. */
  get newest(): CryNews | undefined {
    const told = [...this.episodes.values()].filter(
      ({ cry, phones }) => cry.state !== 'ended' && phones.size > 0,
    );
    return told.at(-1);
  }

  /** Takes up what an earlier run left open. */
  async start(): Promise<void> {
    const { hass, report } = this.options;
    await this.load();
    if (this.isStopped) return;
    const hear = (type: string, heard: (event: HassEvent) => void): void => {
      const message = { type: 'subscribe_events', event_type: type };
      this.unsubscribe.push(hass.subscribe(message, heard, report));
    };
    hear('mobile_app_notification_action', event => {
      this.hearAction(event);
    });
    hear('mobile_app_notification_cleared', event => {
      this.hearPutAway(event);
    });
    // While Home Assistant starts, and when a phone comes back under its old name.
    hear('service_registered', ({ data }) => {
      if (this.failures.delete(`${String(at(data, 'domain'))}.${String(at(data, 'service'))}`)) this.tend();
    });
    this.unsubscribe.push(
      hass.onHealth(({ state }) => {
        if (state !== 'connected') return;
        this.failures.clear();
        // Without them an answer is told with the phone's name.
        this.learnNames().catch(() => undefined);
        this.tend();
      }),
    );
    // Cries tell themselves every few seconds; what waits for a phone is told by nobody.
    this.tending = setInterval(() => {
      this.tend();
    }, RETRY_MS);
  }

  push({ id, state, durationS, intensity, reason, who, picture, clip }: CryEvent): void {
    const estimate = reason && { label: reason.label, confidence: reason.confidence };
    this.hear({ id, state, durationS, intensity, reason: estimate, who, picture, clip });
  }

  /** Takes an answer that came another way. */
  takeAnswer({ cry, reason, at: time, by }: Answer): void {
    const episode = this.episodes.get(cry);
    if (episode === undefined || (episode.answer && episode.answer.at > time)) return;
    episode.answer = { reason, at: time, ...(by && { by }) };
    void this.save();
    this.tend();
  }

  /** Comes back when what is on its way has arrived, and is on disk. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.tending);
    this.running.stop();
    for (const end of this.unsubscribe.splice(0)) end();
    await Promise.all(this.sending.values());
    await this.save();
  }

  private hear(cry: NotedCry): void {
    const before = this.episodes.get(cry.id);
    const isOver = before?.cry.state === 'ended';
    // A recording that is played again begins anew.
    if (cry.state !== 'started' && (isOver || (!before && cry.state === 'ended'))) return;
    this.running.push(cry);
    this.episodes.set(cry.id, {
      phones: new Map<string, PhoneState>(),
      ...(isOver ? {} : before),
      cry,
      at: Date.now(),
    });
    this.forget();
    this.tend();
  }

  /** Forgets cries of which nobody was told, or that nobody will answer any more. */
  private forget(): void {
    const oldest = Date.now() - ANSWER_WITHIN_MS;
    for (const [id, { cry, phones, at: last }] of this.episodes)
      if (cry.state === 'ended' && (last < oldest || phones.size === 0)) this.episodes.delete(id);
  }

  private hearAction({ data, context }: HassEvent): void {
    const { tag, phone = '', ask } = readAction(at(data, 'action')) ?? {};
    const episode = [...this.episodes.values()].find(({ cry }) => tagOf(cry.id) === tag);
    const state = episode?.phones.get(phone);
    if (!episode || !state || ask === undefined) return;
    const by = this.names.get(context?.user_id) ?? nameOfPhone(phone);
    const shown = ask === 'snooze' ? SNOOZED : TAPPED;
    const page = ask === 'other' ? state.page + 1 : state.page;
    episode.phones.set(phone, { ...state, shown, page });
    if (ask === 'snooze') this.snoozed[phone] = Date.now() + SNOOZE_MS;
    else if (ask === 'with') episode.carer ??= by;
    else if (ask !== 'other') {
      episode.answer = { reason: ask, at: Date.now(), by };
      this.options.answered({ ...episode.answer, cry: episode.cry.id }, episode.cry);
    }
    void this.save();
    this.tend();
  }

  /** Android tells it with all that the notification had. */
  private hearPutAway({ data }: HassEvent): void {
    const { tag, phone = '' } =
      Object.values(Object(data) as object)
        .map(readAction)
        .find(Boolean) ?? {};
    const episode = [...this.episodes.values()].find(({ cry }) => tagOf(cry.id) === tag);
    const state = episode?.phones.get(phone);
    if (state) episode?.phones.set(phone, { ...state, shown: PUT_AWAY });
  }

  /** Brings what phones show to what they should show. */
  private tend(): void {
    this.options.changed();
    if (this.options.hass.health.state !== 'connected' || this.isStopped) return;
    const now = Date.now();
    for (const episode of this.episodes.values()) {
      const due = this.due(episode, now);
      for (const phone of new Set([...episode.phones.keys(), ...due.phones])) {
        const key = `${phone} ${episode.cry.id}`;
        if (this.sending.has(key) || (this.failures.get(phone)?.retryAt ?? 0) > now) continue;
        const loudness = nextLoudness(episode, phone, due.phones.includes(phone) ? due.loudness : undefined);
        if (loudness === undefined) continue;
        const sending = this.send(episode, phone, loudness).then(isSent => {
          this.sending.delete(key);
          // What changed meanwhile.
          if (isSent) this.tend();
        });
        this.sending.set(key, sending);
      }
    }
  }

  /** Who is to be alerted of a cry now, and how loud. */
  private due(episode: Episode, now: number): { phones: string[]; loudness: Loudness } {
    const { phones, filter, escalateMs } = this.options;
    const { cry, notifiedAt = now } = episode;
    const isWanted = episode.notifiedAt !== undefined || wants(filter, cry, new Date(now));
    if (!isOpen(episode) || !isWanted) return { phones: [], loudness: 'usual' };
    // A phone that sleeps, or cannot be told, does not keep the next one from being told.
    const within = phones.filter(
      phone => (this.snoozed[phone] ?? 0) <= now && (this.failures.get(phone)?.retryAt ?? 0) <= now,
    );
    if (escalateMs === 0) return { phones: within, loudness: 'usual' };
    const step = Math.floor((now - notifiedAt) / escalateMs);
    return { phones: within.slice(0, step + 1), loudness: step < within.length ? 'usual' : 'critical' };
  }

  /** Tells whether it was sent. */
  private async send(episode: Episode, phone: string, loudness: Loudness): Promise<boolean> {
    const { hass, baby, say } = this.options;
    const before = episode.phones.get(phone);
    const { page = 0, wasCritical = false } = before ?? {};
    const sent: PhoneState = {
      shown: stageOf(episode, page),
      sentAt: Date.now(),
      page,
      wasCritical: wasCritical || loudness === 'critical',
    };
    episode.phones.set(phone, sent);
    episode.notifiedAt ??= sent.sentAt;
    const notification = notificationFor(phone, {
      say,
      news: episode,
      baby: baby(episode.cry),
      page,
      loudness,
    });
    try {
      // Before it is sent: it is not sent again by a run after this one.
      await this.save();
      await hass.call(phone, notification);
      this.failures.delete(phone);
      this.reported.delete(phone);
      return true;
    } catch (error) {
      // Unless it was tapped meanwhile, and so was there all the same.
      if (episode.phones.get(phone) === sent) {
        if (before === undefined) episode.phones.delete(phone);
        else episode.phones.set(phone, before);
        await this.save();
      }
      this.fail(phone, error);
      return false;
    }
  }

  private fail(phone: string, error: unknown): void {
    const { report, changed } = this.options;
    // A connection that broke is shown as such, and phones are told when it is back.
    if (error instanceof DeepInfantError && error.code === 'not-connected') return;
    const now = Date.now();
    const { since } = this.failures.get(phone) ?? { since: now };
    this.failures.set(phone, { since, retryAt: now + RETRY_MS });
    changed();
    if (now - since < REPORT_AFTER_MS || this.reported.has(phone)) return;
    this.reported.add(phone);
    report(
      new DeepInfantError(
        'phone',
        `${phone} cannot be told. ${withoutIds(messageOf(error))} If the phone was renamed, choose it anew in this node.`,
      ),
    );
  }

  private async learnNames(): Promise<void> {
    const persons = await this.options.hass.ask<Record<string, { name: string; user_id?: string | null }[]>>({
      type: 'person/list',
    });
    for (const { name, user_id: userId } of Object.values(persons).flat())
      if (userId) this.names.set(userId, name);
  }

  private save(): Promise<void> {
    const { file, report } = this.options;
    return this.savings
      .take(async () => {
        const episodes = [...this.episodes.values()].map(episode => ({
          ...episode,
          phones: [...episode.phones],
        }));
        const kept: Kept = { episodes, snoozed: this.snoozed };
        await mkdir(path.dirname(file), { recursive: true });
        await writeAtomically(file, JSON.stringify(kept));
      })
      .catch(report);
  }

  private async load(): Promise<void> {
    const { file, report } = this.options;
    try {
      const { episodes, snoozed } = JSON.parse(await readFile(file, 'utf8')) as Kept;
      for (const episode of episodes) {
        const stillThere = episode.phones.filter(([phone]) => this.options.phones.includes(phone));
        this.episodes.set(episode.cry.id, { ...episode, phones: new Map(stillThere) });
        // Unless it goes on, it ended with the run that heard it.
        this.running.push(episode.cry);
      }
      this.snoozed = snoozed;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      report(
        new DeepInfantError(
          'notifications-file',
          `${file} cannot be read (${messageOf(error)}): notifications that were sent before cannot be answered.`,
        ),
      );
    }
  }
}

/** Whether somebody still has to see to a cry. */
function isOpen({ cry, answer, carer }: CryNews): boolean {
  return cry.state !== 'ended' && answer === undefined && carer === undefined;
}

/** What a phone shows of a cry, but for how long it goes on: what is the same needs no update. */
function stageOf({ cry, answer, carer }: CryNews, page: number): string {
  return JSON.stringify([cry.state === 'ended', answer ?? null, carer ?? null, page]);
}

/**
 * How a phone is to be told now; undefined when it is not.
 * @param due how it is to be alerted, if it is
 */
function nextLoudness(episode: Episode, phone: string, due: Loudness | undefined): Loudness | undefined {
  const state = episode.phones.get(phone);
  if (state === undefined) return due;
  if (due === 'critical' && !state.wasCritical) return due;
  if (state.shown === PUT_AWAY) return undefined;
  if (state.shown === SNOOZED) return isOpen(episode) ? due : 'silent';
  const isOutdated = episode.cry.state !== 'ended' && Date.now() - state.sentAt >= UPDATE_MS;
  return isOutdated || state.shown !== stageOf(episode, state.page) ? 'silent' : undefined;
}

interface HassEvent {
  data: unknown;
  context?: { user_id?: string | null };
}

/** Without what opens a phone's webhook. */
function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{32,}/g, '…').replace(/[^.]$/, '$&.');
}

/** 'annas phone' of `notify.mobile_app_annas_phone`. */
export function nameOfPhone(phone: string): string {
  return phone.replace(/^notify\.(?:mobile_app_)?/, '').replaceAll('_', ' ');
}
