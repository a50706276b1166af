import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { readRecording } from '../../src/audio/recording.js';
import { clock } from '../../src/clock.js';
import { type Detection, Detector } from '../../src/detect/detector.js';
import { Tracker, TRACKER_DEFAULTS } from '../../src/detect/tracker.js';
import { messageOf } from '../../src/errors.js';
import type { Classifier } from '../../src/model/classifier.js';
import { loadClassifier } from '../../src/model/load.js';
import { type AudioChunk, SAMPLE_RATE, type Scores } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import { isAudioChunk } from '../messages.js';
import { forEachRecording, recordingsOf } from '../recordings.js';
import { Turns } from '../turns.js';
import { Ear } from './ear.js';
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
  private readonly classifier: Promise<Classifier>;
  private loadError: unknown;
  private readonly showStatus;

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: DetectorSettings,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
    this.showStatus('loading');
    this.classifier = loadClassifier(settings.model);
  }

  async start(): Promise<void> {
    try {
      await this.classifier;
      this.showStatus('listening', { percent: 0 });
    } catch (error) {
      this.loadError = error;
      this.showStatus('failed');
      throw error;
    }
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    const { payload, topic } = msg;
    if (isAudioChunk(payload)) {
      await this.hearChunk(payload, msg, send);
    } else if (msg.complete === true) {
      await this.endSource(topic ?? '', msg, send);
    } else {
      await this.recordingTurns.take(() => this.hearRecordings(msg, send));
    }
  }

  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    await this.recordingTurns.take(() => Promise.resolve());
    await Promise.all([...this.ears.values()].map(ear => ear.close()));
    this.ears.clear();
    // A classifier that could not be loaded was reported by start().
    await this.classifier.then(
      classifier => classifier.close(),
      () => undefined,
    );
  }

  private async hearChunk(chunk: AudioChunk, msg: NodeMessage, send: Send): Promise<void> {
    const { source } = chunk;
    let ear = this.ears.get(source);
    if (ear === undefined) {
      ear = new Ear(source, this.newDetector(source));
      this.ears.set(source, ear);
    }
    try {
      this.deliver(source, await ear.hear(chunk), msg, send);
    } catch (error) {
      // start() has reported it; a live source would repeat it every second.
      if (error !== this.loadError) throw error;
    }
  }

  private async endSource(source: string, msg: NodeMessage, send: Send): Promise<void> {
    const ear = this.ears.get(source);
    if (ear === undefined) return;
    this.ears.delete(source);
    this.deliver(source, await ear.flush(), { ...msg, complete: undefined }, send);
    await ear.close();
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
        for await (const chunk of readRecording(input, { source, signal })) {
          this.deliver(source, await detector.push(chunk), msg, send);
        }
      } finally {
        // Also of a recording that breaks off: a cry that was told as started must be told as ended.
        this.deliver(source, await detector.flush(), msg, send);
        await detector.close();
      }
    });
  }

  private async newDetector(source: string): Promise<Detector> {
    const classifier = await this.classifier;
    const thresholds = classifier.manifest.presets[this.settings.preset];
    return new Detector(classifier.open(), new Tracker(source, { ...TRACKER_DEFAULTS, ...thresholds }));
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
