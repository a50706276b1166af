import type { Node, NodeAPI, NodeMessage } from 'node-red';
import * as v from 'valibot';
import { LiveFeed } from '../../src/audio/live/live-feed.js';
import type { LiveSource, LiveSources } from '../../src/audio/live/live-sources.js';
import { check } from '../../src/check.js';
import { StateFile } from '../../src/files/state-file.js';
import { Troubles } from '../../src/troubles.js';
import type { AudioFormat, SourceHealth, SourceState } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import { STATUS_OF_HASS } from '../shared-hass.js';
import { readListen } from './listen.js';

const STATUS_BY_STATE: Record<SourceState | 'clockSet', StatusForm> = {
  starting: { fill: 'blue', shape: 'ring', text: 'deepinfant-audio.status.opening' },
  running: { fill: 'green', shape: 'dot', text: 'deepinfant-audio.status.live' },
  clockSet: { fill: 'green', shape: 'dot', text: 'deepinfant-audio.status.clockSet' },
  silent: { fill: 'yellow', shape: 'dot', text: 'deepinfant-audio.status.silent' },
  stalled: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.stalled' },
  backoff: { fill: 'yellow', shape: 'ring', text: 'deepinfant-audio.status.backoff' },
  failed: { fill: 'red', shape: 'ring', text: 'deepinfant-audio.status.failed' },
  stopped: { fill: 'grey', shape: 'ring', text: 'deepinfant-audio.status.stopped' },
};

/** By the code of an error: where Home Assistant has the camera, its token is refused, not the camera's password. */
const STATUS_BY_CODE = {
  'wrong-token': STATUS_OF_HASS['wrong-token'],
  'no-token': STATUS_OF_HASS['bad-address'],
  'bad-address': STATUS_OF_HASS['bad-address'],
};

function isRefusal(code: string | undefined): code is keyof typeof STATUS_BY_CODE {
  return code !== undefined && Object.hasOwn(STATUS_BY_CODE, code);
}

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
  /** Steps of the camera's clock that were shown. */
  private clockSteps = 0;
  private warnedRate: number | undefined;
  private readonly file: StateFile<v.InferOutput<typeof KEPT>>;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    sources: LiveSources,
    private readonly name: string,
    source: () => LiveSource,
    opening: 'opening' | 'waitingForCamera' = 'opening',
  ) {
    const sourceId = node.id;
    const starting = { ...STATUS_BY_STATE.starting, text: `deepinfant-audio.status.${opening}` };
    this.showStatus = statusOf(RED, node, { ...STATUS_BY_STATE, ...STATUS_BY_CODE, starting });
    this.troubles = new Troubles(error => {
      node.error(error, { topic: name });
    });
    this.file = new StateFile(
      {
        path: dataFile(RED, 'listening', sourceId),
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
    const isListening = readListen(msg);
    if (isListening !== undefined) {
      const saved = this.file.save(() => ({ isListening }));
      if (isListening) this.feed.start();
      else await this.feed.stop();
      await saved;
      return;
    }
    send([null, { ...msg, topic: this.name, payload: this.feed.health }]);
  }

  async stop(isRemoved: boolean): Promise<void> {
    // The source is closed whatever becomes of the file.
    await this.feed.stop();
    if (isRemoved) await this.file.remove();
    await this.file.close();
  }

  private sendHealth(health: SourceHealth): void {
    const {
      state,
      levelDb,
      retryInS = 0,
      trouble = 'disconnected',
      error,
      code,
      clockSteps,
      format,
    } = health;
    this.node.send([null, { topic: this.name, payload: health }]);
    const isClockSet = state === 'running' && clockSteps > this.clockSteps;
    this.clockSteps = clockSteps;
    const refusal = trouble === 'wrong-password' && isRefusal(code) ? code : undefined;
    this.showStatus(isClockSet ? 'clockSet' : (refusal ?? state), {
      level: levelDb === null ? '–' : Math.round(levelDb),
      steps: clockSteps,
      seconds: Math.ceil(retryInS),
      trouble: this.RED._(`deepinfant-audio.trouble.${trouble}`),
    });
    this.warnOfRate(format);
    if (state === 'running') this.troubles.mend(this.name);
    if (error !== undefined) this.troubles.raise(this.name, error);
  }

  /** A rate that the camera declares wrongly is a person's to mend, although it is heard at the right one. */
  private warnOfRate(format: AudioFormat | null): void {
    const { declaredRate, sampleRate = 0 } = format ?? {};
    if (declaredRate === this.warnedRate) return;
    this.warnedRate = declaredRate;
    if (declaredRate === undefined) return;
    const values = { name: this.name, declared: declaredRate / 1000, rate: sampleRate / 1000 };
    this.node.warn(this.RED._('deepinfant-audio.warning.rate', values));
  }
}
