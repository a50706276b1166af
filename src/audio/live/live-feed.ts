import { messageOf } from '../../errors.js';
import type { SourceHealth, SourceState } from '../../values.js';
import type { Listening, LiveSource, LiveSources } from './live-sources.js';
import { SYSTEM_SCHEDULER, type Scheduler } from './scheduler.js';
import type { LiveListener } from './supervisor.js';

/** A source that gives nothing for so long is complete: a cry that it broke off in is then reported as ended. */
const COMPLETE_AFTER_MS = 60_000;

export interface FeedListener extends LiveListener {
  /** No more sound belongs to what was sent so far. */
  complete(): void;
}

/** A microphone or camera that is listened to or not, as somebody wants. May be started again after a stop. */
export class LiveFeed {
  private listening: Listening | undefined;
  private lastHealth: SourceHealth | undefined;
  /** Set while there is sound to complete. */
  private cancelCompletion: (() => void) | undefined;

  /** @param source makes the source; what it throws becomes the state `failed` */
  constructor(
    private readonly sources: LiveSources,
    private readonly name: string,
    private readonly source: () => LiveSource,
    private readonly listener: FeedListener,
    private readonly scheduler: Scheduler = SYSTEM_SCHEDULER,
  ) {}

  /** Its state now, or when it was stopped; undefined before the first start. */
  get health(): SourceHealth | undefined {
    return this.listening?.health ?? this.lastHealth;
  }

  /** Does nothing while it runs. */
  start(): void {
    if (this.listening !== undefined) return;
    const listener: LiveListener = {
      chunk: chunk => {
        this.listener.chunk(chunk);
        this.cancelCompletion?.();
        this.cancelCompletion = this.scheduler.after(COMPLETE_AFTER_MS, () => {
          this.complete();
        });
      },
      health: health => {
        this.report(health);
      },
    };
    try {
      this.listening = this.sources.listen(this.source(), listener);
    } catch (error) {
      this.report({ ...unheardHealth(this.name, 'failed'), trouble: 'bad-address', error: messageOf(error) });
    }
  }

  /** Resolves when the source is closed, if nobody else listens to it. Its sound is complete then. */
  async stop(): Promise<void> {
    const { listening } = this;
    this.listening = undefined;
    await listening?.stop();
    if (this.lastHealth === undefined) this.report(unheardHealth(this.name, 'stopped'));
    if (this.cancelCompletion) this.complete();
  }

  private complete(): void {
    this.cancelCompletion?.();
    this.cancelCompletion = undefined;
    this.listener.complete();
  }

  private report(health: SourceHealth): void {
    this.lastHealth = health;
    this.listener.health(health);
  }
}

/** The health of a source from which nothing was heard. */
export function unheardHealth(source: string, state: SourceState): SourceHealth {
  return {
    source,
    state,
    since: Date.now(),
    positionS: 0,
    restarts: 0,
    lostS: 0,
    levelDb: null,
    clipping: 0,
    driftMs: 0,
    clockSteps: 0,
    format: null,
  };
}
