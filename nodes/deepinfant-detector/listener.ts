import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { isLikeAudioChunk, readAudioChunk } from '../../src/door/audio-chunk.js';
import { readRecording } from '../../src/audio/recording.js';
import { clock } from '../../src/clock.js';
import { type Detection, type Detector, openDetector } from '../../src/detect/detector.js';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import type { Classifier } from '../../src/model/classifier.js';
import { loadClassifier } from '../../src/model/load.js';
import { type Preset, PRESETS } from '../../src/model/manifest.js';
import { type AudioChunk, SAMPLE_RATE, type Scores } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { forEachRecording, recordingsOf } from '../recordings.js';
import { Turns } from '../../src/turns.js';
import { Ear } from './ear.js';
import type { LiveViews } from './live-views.js';
import type { DetectorSettings } from './settings.js';

const STATUS_BY_STATE: Record<'loading' | 'listening' | 'crying' | 'behind' | 'failed', StatusForm> = {
  loading: { fill: 'grey', shape: 'ring', text: 'deepinfant-detector.status.loading' },
  listening: { fill: 'green', shape: 'ring', text: 'deepinfant-detector.status.listening' },
  crying: { fill: 'blue', shape: 'dot', text: 'deepinfant-detector.status.crying' },
  behind: { fill: 'yellow', shape: 'ring', text: 'deepinfant-detector.status.behind' },
  failed: { fill: 'red', shape: 'ring', text: 'node-red:common.status.error' },
};

/** Finds cries in the chunks of any number of sources, and in recordings that messages bring. */
export class Listener implements NodeWork {
  private readonly stopping = new AbortController();
  private readonly recordingTurns = new Turns();
  private readonly ears = new Map<string, Ear>();
  /** Seconds from its start at which a source began to cry; only while it does. */
  private readonly cryingSinceS = new Map<string, number>();
  /** Sources that are complete, and heard to their end. */
  private completing: Promise<unknown> = Promise.resolve();
  private classifier: Promise<Classifier> | undefined;
  /** What the model failed with last. */
  private failure: unknown;
  private preset: Preset;
  private readonly showStatus;

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: DetectorSettings,
    private readonly views: LiveViews,
  ) {
    this.preset = settings.preset;
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  async start(): Promise<void> {
    this.showStatus('loading');
    try {
      await this.load();
      this.showStatus('listening', { percent: 0 });
    } catch (error) {
      await this.reportOnce(error);
    }
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    const { payload, topic } = msg;
    if (this.stopping.signal.aborted) return;
    if (topic === 'preset' && PRESETS.some(preset => preset === payload)) {
      await this.usePreset(payload as Preset);
    } else if (isLikeAudioChunk(payload)) {
      await this.hearChunk(readAudioChunk(payload), msg, send);
    } else if (msg.complete === true && payload === undefined) {
      await this.completeSource(topic ?? '', msg, send);
    } else {
      await this.recordingTurns.take(() => this.hearRecordings(msg, send));
    }
  }

  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.views.close();
    await this.recordingTurns.take(() => Promise.resolve());
    await Promise.all([this.completing, this.endAll()]);
    await this.closeModel();
  }

  /** Cries that go on are told as ended; what is heard next is judged anew. */
  private async usePreset(preset: Preset): Promise<void> {
    this.preset = preset;
    await this.endAll();
  }

  private async hearChunk(chunk: AudioChunk, msg: NodeMessage, send: Send): Promise<void> {
    const { source } = chunk;
    let ear = this.ears.get(source);
    if (ear === undefined) {
      ear = new Ear(source, this.newDetector(source));
      this.ears.set(source, ear);
    }
    try {
      const detection = await ear.hear(chunk);
      this.deliver(source, detection, msg, send);
      const classifier = await this.classifier;
      if (classifier) this.views.show(chunk, detection.scores, classifier.manifest);
    } catch (error) {
      await this.reportOnce(error);
    }
  }

  private async completeSource(source: string, msg: NodeMessage, send: Send): Promise<void> {
    const ear = this.ears.get(source);
    if (ear === undefined) return;
    this.ears.delete(source);
    const ended = ear
      .end(detection => {
        this.deliver(source, detection, { ...msg, complete: undefined }, send);
      })
      .catch((error: unknown) => this.reportOnce(error));
    this.completing = Promise.allSettled([this.completing, ended]);
    await ended;
  }

  private async hearRecordings(msg: NodeMessage, send: Send): Promise<void> {
    const { signal } = this.stopping;
    const report = (error: unknown): void => {
      this.node.error(messageOf(error), msg);
    };
    if (signal.aborted) return;
    await forEachRecording(await recordingsOf(msg), { signal, report }, async ({ input, source }) => {
      const detector = await this.newDetector(source);
      try {
        await detector.hear(readRecording(input, { source, signal }), detection => {
          this.deliver(source, detection, msg, send);
        });
      } catch (error) {
        if (hasModelFailed(error)) await this.reportOnce(error);
        throw error;
      }
    });
  }

  private async newDetector(source: string): Promise<Detector> {
    return openDetector(await this.load(), source, this.preset);
  }

  /** The model; loaded anew after it has failed. */
  private load(): Promise<Classifier> {
    return (this.classifier ??= loadClassifier(this.settings.model));
  }

  /** Throws a model's error, unless it was thrown already: a live source would repeat it every second. */
  private async reportOnce(error: unknown): Promise<void> {
    if (error === this.failure) return;
    this.failure = error;
    if (hasModelFailed(error)) await Promise.all([this.endAll(), this.closeModel()]);
    this.showStatus('failed');
    throw error;
  }

  /** Ends all sources at once, without what waits: a cry that was told as started is told as ended. */
  private async endAll(): Promise<void> {
    const ears = [...this.ears];
    this.ears.clear();
    const send: Send = outputs => {
      this.node.send(outputs);
    };
    const ends = ears.map(([source, ear]) => {
      ear.drop();
      return ear.end(detection => {
        this.deliver(source, detection, {}, send);
      });
    });
    // What fails at the end failed before, and was reported then.
    await Promise.allSettled(ends);
  }

  private async closeModel(): Promise<void> {
    const model = this.classifier;
    this.classifier = undefined;
    // One that could not be loaded was reported.
    await model?.then(
      classifier => classifier.close(),
      () => undefined,
    );
  }

  private deliver(source: string, { scores, events }: Detection, msg: NodeMessage, send: Send): void {
    for (const event of events) {
      if (event.state === 'ended') this.cryingSinceS.delete(source);
      else this.cryingSinceS.set(source, event.onsetS);
      send([{ ...msg, topic: source, payload: event }, null]);
    }
    for (const step of scores) {
      send([null, { ...msg, topic: source, payload: step }]);
      this.showStep(source, step);
    }
  }

  /** A source that is quiet does not hide another one that cries. */
  private showStep(source: string, { endSample, scores }: Scores): void {
    const sinceS = this.cryingSinceS.get(source);
    const droppedSamples = this.ears.get(source)?.droppedSamples ?? 0;
    if (droppedSamples > 0) {
      this.showStatus('behind', { seconds: Math.ceil(droppedSamples / SAMPLE_RATE) });
    } else if (sinceS !== undefined) {
      this.showStatus('crying', { time: clock(endSample / SAMPLE_RATE - sinceS) });
    } else if (this.cryingSinceS.size === 0) {
      this.showStatus('listening', { percent: Math.round(100 * scores.cry) });
    }
  }
}

/** Whether a loaded model broke down: another try needs a new one. */
function hasModelFailed(error: unknown): boolean {
  return error instanceof DeepInfantError && error.code === 'model-failed';
}
