import type { Node, NodeAPI, NodeMessage } from 'node-red';
import * as v from 'valibot';
import { LiveFeed } from '../../src/audio/live/live-feed.js';
import type { LiveSource, LiveSources } from '../../src/audio/live/live-sources.js';
import { check } from '../../src/check.js';
import { StateFile } from '../../src/files/state-file.js';
import { Troubles } from '../../src/troubles.js';
import type { SourceHealth, SourceState } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';

const STATUS_BY_STATE: Record<SourceState, StatusForm> = {
  starting: { fill: 'blue', shape: 'ring', text: 'deepinfant-audio.status.opening' },
  running: { fill: 'green', shape: 'dot', text: 'deepinfant-audio.status.live' },
  silent: { fill: 'yellow', shape: 'dot', text: 'deepinfant-audio.status.silent' },
  stalled: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.stalled' },
  backoff: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.backoff' },
  failed: { fill: 'red', shape: 'ring', text: 'deepinfant-audio.status.failed' },
  stopped: { fill: 'grey', shape: 'ring', text: 'deepinfant-audio.status.stopped' },
};

const KEPT = v.object({ isListening: v.boolean() });

/**
 * Sends what a microphone or camera hears, and its health. Whether it is to listen is kept: one that somebody switched off
 * stays off, whatever is restarted.
 */
export class LiveNode implements NodeWork {
  private readonly feed: LiveFeed;
  private readonly showStatus;
  /** A camera that is off for a day is reported once, not at each of a thousand tries. */
  private readonly troubles: Troubles;
  private readonly file: StateFile<v.InferOutput<typeof KEPT>>;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    sources: LiveSources,
    private readonly name: string,
    source: () => LiveSource,
  ) {
    const sourceId = node.id;
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
    this.troubles = new Troubles(error => {
      node.error(error, { topic: name });
    });
    this.file = new StateFile(
      {
        path: dataFile(RED, `listening-${encodeURIComponent(sourceId)}.json`),
        what: 'whether to listen',
        version: 1,
        check: json => check(KEPT, json, 'whether to listen'),
      },
      error => {
        node.error(error, { topic: name });
      },
    );
    this.feed = new LiveFeed(sources, name, source, {
      chunk: chunk => {
        node.send([{ topic: name, payload: chunk, sourceId }, null]);
      },
      complete: () => {
        node.send([{ topic: name, payload: undefined, complete: true, sourceId }, null]);
      },
      health: health => {
        this.sendHealth(health);
      },
    });
  }

  async start(): Promise<void> {
    if (this.file.open()?.isListening === false) await this.feed.stop();
    else this.feed.start();
  }

  /** Listens or not, as a message with the topic `listen` says; answers any other with the source's health. */
  async input(msg: NodeMessage, send: Send): Promise<void> {
    if (msg.topic === 'listen' && typeof msg.payload === 'boolean') {
      const isListening = msg.payload;
      const saved = this.file.save(() => ({ isListening }));
      if (isListening) this.feed.start();
      else await this.feed.stop();
      await saved;
      return;
    }
    send([null, { ...msg, topic: this.name, payload: this.feed.health }]);
  }

  async stop(isRemoved: boolean): Promise<void> {
    if (isRemoved) await this.file.save(() => ({ isListening: true }));
    await this.feed.stop();
    await this.file.close();
  }

  private sendHealth(health: SourceHealth): void {
    const { state, levelDb, retryInS = 0, trouble = 'disconnected', error } = health;
    this.node.send([null, { topic: this.name, payload: health }]);
    this.showStatus(state, {
      level: levelDb === null ? '–' : Math.round(levelDb),
      seconds: Math.ceil(retryInS),
      trouble: this.RED._(`deepinfant-audio.trouble.${trouble}`),
    });
    if (state === 'running') this.troubles.mend(this.name);
    if (error !== undefined) this.troubles.raise(this.name, error);
  }
}
