import { dropOldest } from '../../drop-oldest.js';
import type { SourceHealth } from '../../values.js';

/** A source that was not heard for long enough to notify phones of it. */
export interface SourceLoss {
  source: string;
  /** Since when it is not heard, epoch ms. */
  since: number;
  /** What is wrong, and what to do. */
  error?: string;
  /** How it ended: it is heard again, or was switched off; and when, epoch ms. */
  end?: 'back' | 'off';
  endedAt?: number;
  /** The phones that show the loss, or its end. */
  phones: ReadonlyMap<string, 'lost' | 'over'>;
}

/** What is to be sent to a phone now. */
export interface DueLoss {
  phone: string;
  loss: SourceLoss;
}

/** What is known of a source. */
interface Watched {
  /** Since when it is not heard, epoch ms; undefined while it is. */
  lostAt?: number;
  /** Since when it is heard without a break; undefined while it is not. */
  heardAt?: number;
  /** When its last status came. */
  at: number;
  error?: string;
}

/** More than any home has; the one that sent no status for longest is forgotten. */
const MOST_SOURCES = 50;
/** How long a source has to be heard before it counts as heard again: one that comes and goes stays lost. */
const SETTLED_MS = 10_000;
/** A source that is heard sends its status every ten seconds; one that sends nothing for so long is not heard here. */
const SILENT_MS = 60_000;

/** Decides which phones are notified of sources that cannot be heard. All times are epoch ms. */
export class SourceWatch {
  private readonly sources = new Map<string, Watched>();
  private readonly losses = new Map<string, SourceLoss>();
  /** What is on its way. */
  private readonly sending = new Set<string>();

  /**
   * @param phones actions that notify
   * @param afterMs how long a source may not be heard before that is reported
   */
  constructor(
    private readonly phones: readonly string[],
    private readonly afterMs: number,
  ) {}

  /** The losses that phones know of, or are to know of. */
  get state(): readonly SourceLoss[] {
    return [...this.losses.values()];
  }

  /** Takes up what an earlier run left. */
  restore(losses: readonly SourceLoss[]): void {
    for (const loss of losses) this.losses.set(loss.source, loss);
  }

  push({ source, state, error }: Pick<SourceHealth, 'source' | 'state' | 'error'>, now: number): void {
    const before = this.sources.get(source);
    // Set again below, it is the last of the map.
    this.sources.delete(source);
    switch (state) {
      case 'stopped':
        // Nobody expects to hear it.
        this.end(source, 'off', now);
        return;
      case 'running': {
        const isGap = before === undefined || now - before.at >= SILENT_MS;
        const heardAt = isGap ? now : (before.heardAt ?? now);
        const isSettled = now - heardAt >= SETTLED_MS;
        const lostAt = isSettled ? undefined : before?.lostAt;
        this.sources.set(source, { at: now, heardAt, lostAt, error: before?.error });
        if (isSettled) this.end(source, 'back', now);
        break;
      }
      default:
        // While it is opened again, what was wrong still is.
        this.sources.set(source, {
          at: now,
          lostAt: before?.lostAt ?? now,
          error: error ?? before?.error,
        });
    }
    dropOldest(this.sources, MOST_SOURCES);
  }

  /** What is to be sent now. */
  due(now: number): DueLoss[] {
    for (const [source, watched] of this.sources) this.findLoss(source, watched, now);
    return [...this.losses.values()].flatMap(loss =>
      this.phones
        .filter(phone => !this.sending.has(keyOf(phone, loss)))
        // Who never knew of the loss need not know of its end.
        .filter(phone => loss.phones.get(phone) === (loss.end ? 'lost' : undefined))
        .map(phone => ({ phone, loss })),
    );
  }

  /** It is being sent: kept before it is, it is not sent again by a run after this one. */
  startSending({ phone, loss }: DueLoss): void {
    this.sending.add(keyOf(phone, loss));
    this.show(loss.source, phone, loss.end ? 'over' : 'lost');
  }

  succeed({ phone, loss }: DueLoss): void {
    this.sending.delete(keyOf(phone, loss));
    const { end, phones } = this.losses.get(loss.source) ?? {};
    if (end && ![...(phones ?? [])].some(([, shown]) => shown === 'lost')) this.losses.delete(loss.source);
  }

  /** It was not sent. */
  cancel({ phone, loss }: DueLoss): void {
    this.sending.delete(keyOf(phone, loss));
    this.show(loss.source, phone, loss.phones.get(phone));
  }

  private findLoss(source: string, { lostAt, heardAt, at, error }: Watched, now: number): void {
    const since = heardAt === undefined ? lostAt : now - at >= SILENT_MS ? at : undefined;
    if (since === undefined || now - since < this.afterMs) return;
    const known = this.losses.get(source);
    if (known && known.end === undefined) return;
    this.losses.set(source, { source, since, ...(error !== undefined && { error }), phones: new Map() });
    dropOldest(this.losses, MOST_SOURCES);
  }

  private end(source: string, end: 'back' | 'off', now: number): void {
    const loss = this.losses.get(source);
    if (loss === undefined || loss.end !== undefined) return;
    // One that no phone knows of leaves nothing behind.
    if (loss.phones.size === 0) this.losses.delete(source);
    else this.losses.set(source, { ...loss, end, endedAt: now });
  }

  private show(source: string, phone: string, shown: 'lost' | 'over' | undefined): void {
    const loss = this.losses.get(source);
    if (loss === undefined) return;
    const phones = new Map(loss.phones);
    if (shown === undefined) phones.delete(phone);
    else phones.set(phone, shown);
    this.losses.set(source, { ...loss, phones });
  }
}

function keyOf(phone: string, { source }: SourceLoss): string {
  return `${phone} ${source}`;
}
