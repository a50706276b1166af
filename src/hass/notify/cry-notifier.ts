import * as v from 'valibot';
import { guard } from '../../guard.js';
import { DeepInfantError } from '../../errors.js';
import { Troubles } from '../../troubles.js';
import { textOf } from '../../unknown-data.js';
import type { Answer, CryEvent } from '../../values.js';
import type { HassConnection } from '../connection.js';
import { RunningCries } from '../running-cries.js';
import {
  type BabyInWords,
  type CryNews,
  type NotedCry,
  notedCryOf,
  notificationFor,
  readAction,
  type Say,
} from './cry-notification.js';
import {
  type DueNotification,
  NotificationPlan,
  type PlanSettings,
  RETRY_MS,
  type TapNews,
} from './notification-plan.js';
import { nameOfPhone } from './phone-name.js';
import { phoneError } from './phone-error.js';
import { PlanFile } from './plan-file.js';

/** What is refused for so long is reported: phones come back some seconds after a Home Assistant that restarted. */
const REPORT_AFTER_MS = 10_000;

/** An event of Home Assistant's bus. */
const HASS_EVENT = v.object({
  data: v.record(v.string(), v.unknown()),
  context: v.optional(v.object({ user_id: v.nullish(v.string()) })),
});
type HassEvent = v.InferOutput<typeof HASS_EVENT>;

/** What Home Assistant's command `person/list` gives: from its settings, and from its configuration file. */
const PERSONS = v.record(v.string(), v.array(v.object({ name: v.string(), user_id: v.nullish(v.string()) })));

export interface CryNotifierOptions extends PlanSettings {
  hass: HassConnection;
  baby: (news: CryNews) => BabyInWords;
  say: Say;
  /** Keeps who was notified of what, so that answers count and nothing is sent twice after a crash, too. */
  file: string;
  /** The page that a tap on a notification opens, such as `/lovelace/baby`; '' for what the app opens by itself. */
  dashboard: string;
  /** Gets what each tap says of a cry. */
  answered: (news: TapNews) => void;
  /** Gets what goes wrong with a phone or the file, once until it is mended. */
  report: (error: unknown) => void;
  /** Is called when `failing`, `newest` or `receivesTaps` may have changed. */
  changed: () => void;
}

/** Notifies phones of cries: sends what the plan says, and brings it what people tap. */
export class CryNotifier {
  private readonly plan: NotificationPlan;
  private readonly file: PlanFile;
  private readonly troubles: Troubles;
  /** The notifications that are on their way. */
  private readonly sending = new Set<Promise<void>>();
  /** Names of persons by the ids of their users. */
  private readonly names = new Map<unknown, string>();
  private retrying: NodeJS.Timeout | undefined;
  private readonly unsubscribe: (() => void)[] = [];
  private isStopped = false;
  /** Whether Home Assistant sends what people tap: to administrators only. */
  receivesTaps = true;
  private readonly running = new RunningCries<NotedCry>(({ id }) => {
    this.plan.giveUp(id, Date.now());
    this.saveAndSend();
  });

  constructor(private readonly options: CryNotifierOptions) {
    this.plan = new NotificationPlan(options);
    this.troubles = new Troubles(options.report);
    this.file = new PlanFile(options.file, options.report);
  }

  /** Phones that cannot be reached now. */
  get failing(): readonly string[] {
    return this.plan.failing;
  }

  /** The newest cry that goes on and of which somebody was notified. */
  get newest(): CryNews | undefined {
    return this.plan.newest;
  }

  /** Takes up what an earlier run left open. */
  start(): void {
    const { hass } = this.options;
    const kept = this.file.open();
    if (kept) this.plan.restore(kept, Date.now());
    // Unless they go on, they ended with the run that detected them.
    for (const cry of this.plan.running) this.running.push(cry);
    const subscribe = (type: string, receive: (event: HassEvent) => void): void => {
      const message = { type: 'subscribe_events', event_type: type };
      const refuse = (error: unknown): void => {
        void this.explainRefusal(error);
      };
      this.unsubscribe.push(hass.subscribe(message, HASS_EVENT, receive, refuse));
    };
    subscribe('mobile_app_notification_action', event => {
      this.receiveTap(event);
    });
    subscribe('mobile_app_notification_cleared', event => {
      this.receivePutAway(event);
    });
    // While Home Assistant starts, and when a phone comes back under its old name.
    subscribe('service_registered', ({ data }) => {
      if (this.plan.pushReachable(`${textOf(data.domain)}.${textOf(data.service)}`)) this.sendDue();
    });
    this.unsubscribe.push(
      hass.onHealth(({ state }) => {
        if (state !== 'connected') return;
        this.plan.pushConnected();
        // Without them an answer shows the phone's name.
        this.learnNames().catch(() => undefined);
        this.sendDue();
      }),
    );
    // Each event of a cry sends what is due; nothing else comes while a phone is tried again.
    this.retrying = setInterval(
      guard(() => {
        this.sendDue();
      }, this.options.report),
      RETRY_MS,
    );
  }

  push(event: CryEvent): void {
    const cry = notedCryOf(event);
    if (!this.plan.pushCry(cry, Date.now())) return;
    this.running.push(cry);
    // A run after this one sends what waits for Home Assistant.
    if (this.options.hass.health.state !== 'connected') void this.save();
    this.sendDue();
  }

  /** Takes an answer that came another way. */
  pushAnswer(answer: Answer): void {
    if (this.plan.pushAnswer(answer)) this.saveAndSend();
  }

  /** Takes whose cry it was, as somebody said another way. */
  pushOwner(cryId: string, owner: string): void {
    if (this.plan.pushOwner(cryId, owner)) this.saveAndSend();
  }

  /** An answer was refused, or withdrawn. */
  withdrawAnswer(cryId: string): void {
    if (this.plan.withdrawAnswer(cryId)) this.saveAndSend();
  }

  /** Resolves when what is on its way has arrived, and is on disk. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.retrying);
    this.running.clear();
    for (const end of this.unsubscribe.splice(0)) end();
    await Promise.all(this.sending);
    await this.save();
    await this.file.close();
  }

  private receiveTap({ data, context }: HassEvent): void {
    const tap = readAction(data.action);
    if (tap === undefined) return;
    const by = this.names.get(context?.user_id) ?? nameOfPhone(tap.phone);
    const news = this.plan.pushTap(tap, by, Date.now());
    if (news) this.options.answered(news);
    this.saveAndSend();
  }

  /** Home Assistant refused to send events, or sent an odd one. */
  private async explainRefusal(error: unknown): Promise<void> {
    const { hass, report, changed } = this.options;
    const isAdmin = await hass.isAdmin().catch(() => true);
    if (isAdmin) {
      report(error);
      return;
    }
    this.receivesTaps = false;
    const text =
      "The token's user is not an administrator of Home Assistant, which sends taps on notifications to administrators only: answers are lost. Create the token as an administrator.";
    this.troubles.raise('token', new DeepInfantError('not-admin', text));
    changed();
  }

  /** Android sends all that the notification had. */
  private receivePutAway({ data }: HassEvent): void {
    const action = Object.values(data).map(readAction).find(Boolean);
    if (action === undefined) return;
    this.plan.pushPutAway(action);
    void this.save();
  }

  private saveAndSend(): void {
    void this.save();
    this.sendDue();
  }

  /** Brings what phones show to what they should show. */
  private sendDue(): void {
    const { changed, hass } = this.options;
    if (hass.health.state === 'connected' && !this.isStopped) {
      const now = Date.now();
      for (const due of this.plan.due(now)) {
        this.plan.startSending(due, now);
        const sending: Promise<void> = this.send(due)
          .catch(this.options.report)
          .finally(() => this.sending.delete(sending));
        this.sending.add(sending);
      }
    }
    changed();
  }

  private async send(due: DueNotification): Promise<void> {
    const { hass, baby, say, dashboard } = this.options;
    const { phone, news } = due;
    let isUnderway = false;
    try {
      const notification = notificationFor({ ...due, say, baby: baby(news), dashboard, now: Date.now() });
      // Before it is sent: it is not sent again by a run after this one.
      await this.save();
      isUnderway = hass.health.state === 'connected';
      await hass.call(phone, notification);
      this.plan.succeed(due);
      if (due.loudness !== 'silent') void this.save();
      this.troubles.mend(phone);
      // What changed meanwhile.
      this.sendDue();
    } catch (error) {
      this.fail(due, error, isUnderway);
      await this.save();
    }
  }

  private fail(due: DueNotification, error: unknown, isUnderway: boolean): void {
    const { phone } = due;
    // A connection that broke is shown as such, and phones are notified when it is back.
    if (error instanceof DeepInfantError && error.code === 'not-connected') {
      if (isUnderway) this.plan.doubt(due);
      else this.plan.cancel(due);
      return;
    }
    const failedForMs = this.plan.fail(due, Date.now());
    this.options.changed();
    if (failedForMs < REPORT_AFTER_MS) return;
    this.troubles.raise(phone, phoneError(phone, error));
  }

  private async learnNames(): Promise<void> {
    const persons = await this.options.hass.ask({ type: 'person/list' }, PERSONS);
    for (const { name, user_id: userId } of Object.values(persons).flat())
      if (userId) this.names.set(userId, name);
  }

  private save(): Promise<void> {
    return this.file.save(() => this.plan.state);
  }
}
