import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { Listening, LiveSource, LiveSources } from '../../src/audio/live/live-sources.js';
import type { LiveListener } from '../../src/audio/live/supervisor.js';
import { messageOf } from '../../src/errors.js';
import type { AudioChunk, SourceHealth, SourceState } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';

const STATUS_BY_STATE: Record<SourceState, StatusForm> = {
  starting: { fill: 'blue', shape: 'ring', text: 'deepinfant-audio.status.opening' },
  running: { fill: 'green', shape: 'dot', text: 'deepinfant-audio.status.live' },
  silent: { fill: 'yellow', shape: 'dot', text: 'deepinfant-audio.status.silent' },
  stalled: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.stalled' },
  backoff: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.backoff' },
  failed: { fill: 'red', shape: 'ring', text: 'deepinfant-audio.status.failed' },
  stopped: { fill: 'grey', shape: 'ring', text: 'deepinfant-audio.status.stopped' },
};

/** A source that gives nothing for so long is complete: a cry that it broke off in is told as ended. */
const COMPLETE_AFTER_MS = 60_000;
/** Sends what a microphone or camera hears, and how it is. */
export class LiveFeed implements NodeWork {
  private listening: Listening | undefined;
  private lastHealth: SourceHealth | undefined;
  /** Runs while there is a source to complete. */
  private completing: NodeJS.Timeout | undefined;
  /** What was reported last, and not mended since. */
  private reported: string | undefined;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly sources: LiveSources,
    private readonly name: string,
    private readonly source: () => LiveSource,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  start(): void {
    const listener: LiveListener = {
      chunk: chunk => {
        this.sendChunk(chunk);
      },
      health: health => {
        this.tell(health);
      },
    };
    try {
      this.listening = this.sources.listen(this.source(), listener);
    } catch (error) {
      this.tell(neverHeard(this.name, messageOf(error)));
    }
  }

  /** Listens or not, as a message with the topic `listen` says; answers any other with the source's health. */
  async input(msg: NodeMessage, send: Send): Promise<void> {
    if (msg.topic === 'listen' && typeof msg.payload === 'boolean') {
      if (!msg.payload) await this.stop();
      else if (this.listening === undefined) this.start();
      return;
    }
    send([null, { ...msg, topic: this.name, payload: this.listening?.health ?? this.lastHealth }]);
  }

  async stop(): Promise<void> {
    const { listening } = this;
    this.listening = undefined;
    await listening?.stop();
    if (this.completing) this.complete();
  }

  private sendChunk(chunk: AudioChunk): void {
    this.node.send([{ topic: chunk.source, payload: chunk }, null]);
    this.completing ??= setTimeout(() => {
      this.complete();
    }, COMPLETE_AFTER_MS);
    this.completing.refresh();
  }

  private complete(): void {
    clearTimeout(this.completing);
    this.completing = undefined;
    this.node.send([{ topic: this.name, payload: undefined, complete: true }, null]);
  }

  private tell(health: SourceHealth): void {
    const { state, levelDb, retryInS = 0, trouble = 'disconnected', error } = health;
    this.lastHealth = health;
    this.node.send([null, { topic: this.name, payload: health }]);
    this.showStatus(state, {
      level: levelDb === null ? '–' : Math.round(levelDb),
      seconds: Math.ceil(retryInS),
      trouble: this.RED._(`deepinfant-audio.trouble.${trouble}`),
    });
    if (state === 'running') this.reported = undefined;
    if (error === undefined || error === this.reported) return;
    // A camera that is off for a day is reported once, not at each of a thousand tries.
    this.reported = error;
    this.node.error(error, { topic: this.name });
  }
}

/** The health of a source that cannot be opened as it is set up. */
function neverHeard(source: string, error: string): SourceHealth {
  return {
    source,
    state: 'failed',
    since: Date.now(),
    positionS: 0,
    restarts: 0,
    lostS: 0,
    levelDb: null,
    clipping: 0,
    driftMs: 0,
    format: null,
    trouble: 'bad-address',
    error,
  };
}
