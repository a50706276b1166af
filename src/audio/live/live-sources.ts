import type { SourceHealth } from '../../values.js';
import { SYSTEM_SCHEDULER, type Scheduler } from './scheduler.js';
import { StartGate } from './start-gate.js';
import { Supervisor, type LiveListener, type SupervisedSource } from './supervisor.js';

/** A microphone or camera to listen to. */
export interface LiveSource extends SupervisedSource {
  /** Sources with the same key are one, and opened once. */
  key: string;
}

/** One listener's hold on a source. */
export interface Listening {
  /** The source's health now. */
  readonly health: SourceHealth;
  /** Ends the listening; resolves when the source is closed, if nobody else listens. Call it once. */
  stop(): Promise<void>;
}

interface OpenSource {
  supervisor: Supervisor;
  /** Who listens, and by what name each knows the source. */
  listeners: Map<LiveListener, string>;
}

/** The live sources of a process: each is opened once, however many listen to it. */
export class LiveSources {
  private readonly sources = new Map<string, OpenSource>();
  private readonly gate: StartGate;

  constructor(private readonly scheduler: Scheduler = SYSTEM_SCHEDULER) {
    this.gate = new StartGate(scheduler);
  }

  /**
   * Listens to a source, which is opened if nobody listens yet. All listeners share the chunks and must not change them.
   * @param listener one that does not listen to this source yet
   */
  listen(source: LiveSource, listener: LiveListener): Listening {
    const { name, key } = source;
    const held = this.sources.get(key);
    const { supervisor, listeners } = held ?? this.open(source);
    const healthHere = (): SourceHealth => ({ ...supervisor.health, source: name });
    // A person who starts listening may just have mended the camera.
    supervisor.tryNow();
    // One that fails at once does not listen, and keeps nothing open.
    if (held) listener.health(healthHere());
    listeners.set(listener, name);
    if (!held) supervisor.start();
    return {
      get health() {
        return healthHere();
      },
      stop: async () => {
        if (listeners.size === 1) {
          this.sources.delete(key);
          await supervisor.stop();
        } else {
          listeners.delete(listener);
          listener.health({ ...healthHere(), state: 'stopped' });
        }
      },
    };
  }

  private open({ key, start, ...source }: LiveSource): OpenSource {
    const listeners: OpenSource['listeners'] = new Map();
    const toAll: LiveListener = {
      chunk: chunk => {
        for (const [listener, name] of listeners) listener.chunk({ ...chunk, source: name });
      },
      health: health => {
        for (const [listener, name] of listeners) listener.health({ ...health, source: name });
      },
    };
    const supervisor = new Supervisor({ ...source, start: this.gate.through(start) }, toAll, this.scheduler);
    const opened = { supervisor, listeners };
    this.sources.set(key, opened);
    return opened;
  }
}
