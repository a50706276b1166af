import * as v from 'valibot';
import { check } from '../../check.js';
import { DeepInfantError } from '../../errors.js';
import { guard } from '../../guard.js';
import { timeText } from '../../journal/calendar.js';
import { durationText } from '../../texts/duration.js';
import { steadyNow } from '../../steady-clock.js';
import { Troubles } from '../../troubles.js';
import type { SourceHealth } from '../../values.js';
import type { HassConnection } from '../connection.js';
import { StateFile } from '../../files/state-file.js';
import { isWithin, type QuietHours } from './cry-filter.js';
import { deliveryOf, type Say, tagOf } from './cry-notification.js';
import { phoneError } from './phone-error.js';
import { type DueLoss, type SourceLoss, SourceWatch } from './source-watch.js';

/** How often it is looked for what is due, and phones that could not be reached are tried again. */
const CHECK_MS = 3000;

const KEPT_LOSSES = v.array(
  v.object({
    source: v.string(),
    since: v.number(),
    error: v.optional(v.string()),
    end: v.optional(v.picklist(['back', 'off'])),
    endedAt: v.optional(v.number()),
    phones: v.array(v.tuple([v.string(), v.picklist(['lost', 'over'])])),
  }),
);
type KeptLosses = v.InferOutput<typeof KEPT_LOSSES>;

export interface SourceNotifierOptions {
  hass: HassConnection;
  /** Actions that notify, such as `notify.mobile_app_annas_phone`. */
  phones: readonly string[];
  /** How long a source may not be heard before phones are notified of it; 0 never notifies. */
  afterMs: number;
  /** When nobody is notified; a loss that lasts is reported after them. */
  quiet?: QuietHours;
  /** The page that a tap on a notification opens; '' for what the app opens by itself. */
  dashboard: string;
  say: Say;
  /** Keeps which phones know of what, so that they learn of its end from a later run, too. */
  file: string;
  /** Gets what goes wrong with a phone or the file, once until it is mended. */
  report: (error: unknown) => void;
}

/** Notifies phones of sources that cannot be heard, and when they are back. */
export class SourceNotifier {
  private readonly watch: SourceWatch;
  private readonly file: StateFile<KeptLosses>;
  private readonly troubles: Troubles;
  private readonly sending = new Set<Promise<void>>();
  private checking: NodeJS.Timeout | undefined;

  constructor(private readonly options: SourceNotifierOptions) {
    const { phones, afterMs, file, report } = options;
    this.watch = new SourceWatch(phones, afterMs === 0 ? Infinity : afterMs);
    this.troubles = new Troubles(report);
    this.file = new StateFile(
      {
        path: file,
        what: 'the sources that phones know to be lost',
        version: 1,
        check: json => check(KEPT_LOSSES, json, 'lost sources'),
      },
      report,
    );
  }

  start(): void {
    const kept = this.file.open() ?? [];
    this.watch.restore(kept.map(loss => ({ ...loss, phones: new Map(loss.phones) })));
    this.checking = setInterval(
      guard(() => {
        this.sendDue();
      }, this.options.report),
      CHECK_MS,
    );
  }

  push(health: SourceHealth): void {
    this.watch.push(health, steadyNow());
    this.sendDue();
  }

  /** Resolves when what is on its way has arrived, and is on disk. */
  async stop(): Promise<void> {
    clearInterval(this.checking);
    await Promise.all(this.sending);
    await this.save();
    await this.file.close();
  }

  private sendDue(): void {
    const { hass, quiet } = this.options;
    if (hass.health.state !== 'connected' || (quiet && isWithin(quiet, Date.now()))) return;
    const now = steadyNow();
    for (const due of this.watch.due(now)) {
      this.watch.startSending(due);
      const sending: Promise<void> = this.send(due, now).finally(() => this.sending.delete(sending));
      this.sending.add(sending);
    }
  }

  private async send(due: DueLoss, now: number): Promise<void> {
    const { phone, loss } = due;
    // Before it is sent: it is not sent again by a run after this one.
    await this.save();
    try {
      await this.options.hass.call(phone, this.notificationFor(loss, now));
      this.watch.succeed(due);
      this.troubles.mend(phone);
    } catch (error) {
      this.watch.cancel(due);
      if (!(error instanceof DeepInfantError && error.code === 'not-connected'))
        this.troubles.raise(phone, phoneError(phone, error));
    }
    await this.save();
  }

  private notificationFor({ source, since, error = '', end, endedAt = 0 }: SourceLoss, now: number): object {
    const { say, dashboard } = this.options;
    const tag = tagOf(source, 'deepinfant-source');
    const clock = (time: number): string => timeText(time + Date.now() - steadyNow());
    if (end === 'off') return { message: 'clear_notification', data: { tag } };
    const message = end
      ? say('sourceBack', { source, from: clock(since), to: clock(endedAt) })
      : say('sourceLost', { source, duration: durationText((now - since) / 1000) });
    return {
      message: end ? message : `${message} ${error}`.trim(),
      data: {
        tag,
        group: 'deepinfant',
        ...deliveryOf(end ? 'silent' : 'usual', say('sourceChannel'), dashboard),
      },
    };
  }

  private save(): Promise<void> {
    return this.file.save(() => this.watch.state.map(loss => ({ ...loss, phones: [...loss.phones] })));
  }
}
