import { SYSTEM_SCHEDULER, type Scheduler } from './scheduler.js';
import { StartGate } from './start-gate.js';
import { Supervisor, type LiveListener, type SupervisedSource } from './supervisor.js';

/** A microphone or camera, as somebody wants to hear it. */
export interface LiveSource extends SupervisedSource {
  /** Sources with the same key are one, and opened once. */
  key: string;
}

/** Somebody who hears a source, and what the source is called there. */
interface Listening {
  name: string;
  listener: LiveListener;
}

interface OpenSource {
  supervisor: Supervisor;
  listenings: Set<Listening>;
}

/** The live sources of a process: each is opened once, however many listen to it. */
export class LiveSources {
  private readonly open = new Map<string, OpenSource>();
  private readonly gate: StartGate;

  constructor(private readonly scheduler: Scheduler = SYSTEM_SCHEDULER) {
    this.gate = new StartGate(scheduler);
  }

  /**
   * Listens to a source, which is opened if nobody does yet. Chunks are shared between all who listen: they are not to be
   * changed.
   * @returns ends the listening; resolves when the source is closed, if nobody else listens. To be called once
   */
  listen(source: LiveSource, listener: LiveListener): () => Promise<void> {
    const { name, key } = source;
    const listening = { name, listener };
    const shared = this.open.get(key);
    if (shared) {
      shared.listenings.add(listening);
      listener.health({ ...shared.supervisor.health, source: name });
    } else this.begin(source, listening);
    return () => this.leave(key, listening);
  }

  private begin({ key, start, ...source }: LiveSource, first: Listening): void {
    const listenings = new Set([first]);
    const toAll: LiveListener = {
      chunk: chunk => {
        for (const { name, listener } of listenings) listener.chunk({ ...chunk, source: name });
      },
      health: health => {
        for (const { name, listener } of listenings) listener.health({ ...health, source: name });
      },
    };
    const gated = { ...source, start: this.gate.through(start) };
    const supervisor = new Supervisor(gated, toAll, this.scheduler);
    this.open.set(key, { supervisor, listenings });
    supervisor.start();
  }

  private async leave(key: string, listening: Listening): Promise<void> {
    const { supervisor, listenings } = this.open.get(key)!;
    if (listenings.size > 1) {
      listenings.delete(listening);
      listening.listener.health({ ...supervisor.health, source: listening.name, state: 'stopped' });
      return;
    }
    this.open.delete(key);
    await supervisor.stop();
  }
}
