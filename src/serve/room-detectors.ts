import type { Detection } from '../detect/detector.js';
import { LiveViews } from '../detect/live-views.js';
import { type DetectorStatus, SourceDetectors } from '../detect/source-detectors.js';
import { UnfinishedCries } from '../detect/unfinished-cries.js';
import { loadClassifier } from '../model/load.js';
import type { Preset } from '../model/manifest.js';
import { Troubles } from '../troubles.js';
import type { AudioChunk, CryEvent } from '../values.js';
import type { Part } from './parts.js';

export interface RoomDetectorsOptions {
  preset: Preset;
  /** Keeps the cries that go on: one whose end a killed process never reported is ended by the next. */
  file: string;
  /** Gets the sound of all sources as it is scored, each chunk just before the events that it causes. */
  scored: (chunk: AudioChunk) => void;
  /** Gets the cry events of all sources. Its promise resolves when a killed process would not lose the event any more. */
  emit: (event: CryEvent) => Promise<void>;
  /** Gets what goes wrong, once until it is mended. */
  report: (error: unknown) => void;
}

/** Finds the cries in the sound of a room's sources. */
export class RoomDetectors implements Part {
  readonly views = new LiveViews();
  private readonly detectors: SourceDetectors;
  private readonly unfinished: UnfinishedCries;
  private readonly troubles: Troubles;
  /** The ends that are being passed on. */
  private readonly ending = new Set<Promise<void>>();
  /** The cry probability of each source's last step, in [0, 1]. */
  readonly lastScores = new Map<string, number>();

  private preset: Preset;

  constructor(private readonly options: RoomDetectorsOptions) {
    const { preset, file, report } = options;
    this.preset = preset;
    this.troubles = new Troubles(report);
    this.unfinished = new UnfinishedCries(file, report);
    this.detectors = new SourceDetectors(
      () => loadClassifier(),
      preset,
      (_, detection) => {
        this.receive(detection);
      },
      report,
      Infinity,
    );
  }

  get status(): DetectorStatus {
    return this.detectors.status;
  }

  /** Ends the cries that an earlier run left. @throws what loading the model throws */
  async start(): Promise<void> {
    this.receive({ events: this.unfinished.open() });
    await this.detectors.open();
  }

  /** Resolves when the cries that go on were ended, and their ends passed on. */
  async stop(): Promise<void> {
    this.views.close();
    await this.detectors.close();
    await Promise.all(this.ending);
    await this.unfinished.close();
  }

  /** Hears the next chunk of a source. */
  async push(chunk: AudioChunk): Promise<void> {
    try {
      const { chunk: scored, ...detection } = await this.detectors.push(chunk, '');
      if (scored === undefined) return;
      this.options.scored(scored);
      this.receive(detection);
      const { manifest } = this.detectors;
      if (manifest) this.views.show(scored, detection.scores, manifest);
      const score = detection.scores.at(-1)?.scores.cry;
      if (score === undefined) return;
      this.lastScores.set(scored.source, score);
      this.troubles.mend('model');
    } catch (error) {
      this.troubles.raise('model', error);
    }
  }

  /** Hears what waits of a source, and ends its cry. */
  async complete(source: string): Promise<void> {
    this.lastScores.delete(source);
    try {
      await this.detectors.complete(source, '', detection => {
        this.receive(detection);
      });
    } catch (error) {
      this.troubles.raise('model', error);
    }
  }

  /** Judges by another preset what is heard next; cries that go on end. */
  async usePreset(preset: Preset): Promise<void> {
    if (preset === this.preset) return;
    this.preset = preset;
    await this.detectors.usePreset(preset);
  }

  private receive({ events }: Pick<Detection, 'events'>): void {
    for (const event of events)
      if (event.state === 'ended') this.end(event);
      else {
        this.unfinished.push(event);
        void this.options.emit(event);
      }
  }

  /** A cry is unfinished until its end is passed on: encoding its clip takes a while, in which the process may be killed. */
  private end(event: CryEvent): void {
    this.unfinished.postpone(event);
    const ending = this.options.emit(event).then(() => {
      this.unfinished.push(event);
      this.ending.delete(ending);
    });
    this.ending.add(ending);
  }
}
