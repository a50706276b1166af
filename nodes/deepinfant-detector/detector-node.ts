import { inspect } from 'node:util';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { readRecording } from '../../src/audio/recording.js';
import { forEachRecording } from '../../src/audio/recordings.js';
import { clock } from '../../src/clock.js';
import type { Detection } from '../../src/detect/detector.js';
import { type DetectorStatus, SourceDetectors } from '../../src/detect/source-detectors.js';
import { UnfinishedCries } from '../../src/detect/unfinished-cries.js';
import { isLikeAudioChunk, readAudioChunk } from '../../src/door/audio-chunk.js';
import { findWord } from '../../src/door/word.js';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { loadClassifier } from '../../src/model/load.js';
import { type Preset, PRESETS } from '../../src/model/manifest.js';
import { hasEpoch } from '../../src/reason/facts.js';
import { Troubles } from '../../src/troubles.js';
import { Turns } from '../../src/turns.js';
import { textOf } from '../../src/unknown-data.js';
import type { CryEvent } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { receiveUntil, sourceIdOf } from '../audio-messages.js';
import { dataFile } from '../data-file.js';
import { recordingsOf } from '../recordings.js';
import type { LiveViews } from '../../src/detect/live-views.js';
import type { DetectorSettings } from './settings.js';

const STATUS_BY_STATE: Record<DetectorStatus['state'] | 'loading' | 'failed', StatusForm> = {
  loading: { fill: 'grey', shape: 'ring', text: 'deepinfant-detector.status.loading' },
  listening: { fill: 'green', shape: 'ring', text: 'deepinfant-detector.status.listening' },
  crying: { fill: 'blue', shape: 'dot', text: 'deepinfant-detector.status.crying' },
  behind: { fill: 'yellow', shape: 'ring', text: 'deepinfant-detector.status.behind' },
  'same-name': { fill: 'red', shape: 'dot', text: 'deepinfant-detector.status.same-name' },
  failed: { fill: 'red', shape: 'ring', text: 'node-red:common.status.error' },
};

/** Finds cries in the chunks of any number of sources, and in recordings that messages bring. */
export class DetectorNode implements NodeWork {
  private readonly stopping = new AbortController();
  private readonly recordingTurns = new Turns();
  private readonly detectors: SourceDetectors;
  /** What is wrong with the model; what is news becomes the error of the message that brought it. */
  private readonly modelTroubles = new Troubles(error => {
    throw error;
  });
  private readonly nameTroubles;
  private readonly unfinished: UnfinishedCries;
  private isRemoved = false;
  private readonly showStatus;

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    settings: DetectorSettings,
    private readonly views: LiveViews,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
    this.nameTroubles = new Troubles(error => {
      node.error(messageOf(error), {});
    });
    const file = dataFile(RED, 'cries', node.id);
    this.unfinished = new UnfinishedCries(file, error => {
      node.error(messageOf(error), {});
    });
    this.detectors = new SourceDetectors(
      () => loadClassifier(settings.model),
      settings.preset,
      (source, detection) => {
        this.sendDetection(source, detection, {}, outputs => {
          node.send(outputs);
        });
      },
      error => {
        this.nameTroubles.raise('too many', error);
      },
    );
  }

  async start(): Promise<void> {
    this.showStatus('loading');
    for (const event of this.unfinished.open())
      this.node.send([{ topic: event.source, payload: event }, null]);
    try {
      await this.detectors.open();
      this.show();
    } catch (error) {
      this.fail(error);
    }
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    const { payload, topic } = msg;
    if (this.stopping.signal.aborted) return;
    if (isLikeAudioChunk(payload)) await receiveUntil(msg, this.hearChunk(msg, send));
    else if (findWord(['preset'], topic) && !Buffer.isBuffer(payload) && msg.complete !== true)
      await this.detectors.usePreset(readPreset(payload));
    else if (msg.complete === true && payload === undefined) await this.complete(msg, send);
    else await this.recordingTurns.take(() => this.hearRecordings(msg, send));
  }

  async stop(isRemoved: boolean): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.isRemoved = isRemoved;
    this.views.close();
    await this.recordingTurns.take(() => Promise.resolve());
    await this.detectors.close();
    await this.unfinished.close();
  }

  private async hearChunk(msg: NodeMessage, send: Send): Promise<void> {
    const chunk = readAudioChunk(msg.payload);
    try {
      const detection = await this.detectors.push(chunk, sourceIdOf(msg));
      this.sendDetection(chunk.source, detection, msg, send);
      const { manifest } = this.detectors;
      if (manifest) this.views.show(chunk, detection.scores, manifest);
      if (detection.scores.length > 0) this.modelTroubles.mend('model');
    } catch (error) {
      this.fail(error);
    }
  }

  private async complete(msg: NodeMessage, send: Send): Promise<void> {
    const source = textOf(msg.topic);
    try {
      await this.detectors.complete(source, sourceIdOf(msg), detection => {
        this.sendDetection(source, detection, { ...msg, complete: undefined }, send);
      });
    } catch (error) {
      this.fail(error);
    }
  }

  private async hearRecordings(msg: NodeMessage, send: Send): Promise<void> {
    const { signal } = this.stopping;
    const report = (error: unknown): void => {
      this.node.error(messageOf(error), msg);
    };
    const warn = (message: string): void => {
      this.node.warn(message);
    };
    if (signal.aborted) return;
    await forEachRecording(await recordingsOf(msg, warn), { signal, report }, ({ input, source }) =>
      this.detectors.hear(source, readRecording(input, { source, signal, warn }), detection => {
        this.sendDetection(source, detection, msg, send);
      }),
    );
  }

  /** Throws what is wrong with the model, unless it was thrown already: a live source would repeat it every second. */
  private fail(error: unknown): void {
    this.showStatus('failed');
    this.modelTroubles.raise('model', error);
  }

  private sendDetection(source: string, { scores, events }: Detection, msg: NodeMessage, send: Send): void {
    const passedOn: NodeMessage & { waitUntil?: unknown } = { ...msg, topic: source };
    delete passedOn.waitUntil;
    for (const event of events) this.sendEvent(event, passedOn, send);
    if (this.areScoresWired) for (const step of scores) send([null, { ...passedOn, payload: step }]);
    this.show();
  }

  private sendEvent(event: CryEvent, msg: NodeMessage, send: Send): void {
    const isLive = hasEpoch(event.onset);
    // The nodes behind it are stopped, too, when a whole flow is, and would miss the end: its next start sends it.
    if (isLive && event.state === 'ended' && this.stopping.signal.aborted && !this.isRemoved) {
      this.unfinished.postpone(event);
      return;
    }
    if (isLive) this.unfinished.push(event);
    send([{ ...msg, payload: event }, null]);
  }

  /** Most flows take the events alone; then no message is made of a step. A deploy can wire the output of a running node. */
  private get areScoresWired(): boolean {
    const { wires } = this.node as Node & { wires: string[][] };
    return (wires.at(1) ?? []).length > 0;
  }

  private show(): void {
    const { status } = this.detectors;
    if (status.state !== 'same-name') this.nameTroubles.mend('name');
    switch (status.state) {
      case 'same-name':
        this.showStatus('same-name', { source: status.source });
        this.nameTroubles.raise(
          'name',
          `Two sources are called '${status.source}'. Rename one of them, so that their cries can be told apart.`,
        );
        break;
      case 'behind':
        this.showStatus('behind', { seconds: Math.ceil(status.droppedS) });
        break;
      case 'crying':
        this.showStatus('crying', { time: clock(status.cryingS) });
        break;
      case 'listening':
        this.showStatus('listening', { percent: Math.round(100 * status.cry) });
        break;
    }
  }
}

/** @throws DeepInfantError `preset` for any other word */
function readPreset(payload: unknown): Preset {
  const preset = findWord(PRESETS, payload);
  if (preset) return preset;
  const said = inspect(payload, { depth: 0 }).slice(0, 100);
  throw new DeepInfantError('preset', `${said} is not a preset: send ${PRESETS.join(', ')}.`);
}
