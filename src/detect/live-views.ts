import { dropOldest } from '../drop-oldest.js';
import { LiveView } from './live-view.js';
import { guard } from '../guard.js';
import type { ModelManifest } from '../model/manifest.js';
import type { AudioChunk, Scores } from '../values.js';
import type { LookReply } from './look-reply.js';

/** The views of so many sources are kept; each takes some 50 kB. */
const MOST_VIEWS = 50;
/** Views that have not been asked for so long are closed. */
const UNWATCHED_MS = 3000;

/** Live views of a detector's sources, kept only while somebody looks at them. */
export class LiveViews {
  private readonly views = new Map<string, LiveView>();
  private closing: NodeJS.Timeout | undefined;

  /** Adds a source's chunk, and the steps that it completed, to its view if somebody looks. */
  show(chunk: AudioChunk, steps: readonly Scores[], manifest: ModelManifest): void {
    if (this.closing === undefined) return;
    const { source } = chunk;
    const view = this.views.get(source) ?? new LiveView(manifest.presets);
    this.views.set(source, view);
    dropOldest(this.views, MOST_VIEWS);
    view.pushChunk(chunk);
    for (const step of steps) view.pushScores(step);
  }

  /** What there is to see, with the spectrogram's columns from number `fromColumn` on. The first call opens the views. */
  look(source: string, fromColumn: number): LookReply {
    this.closing ??= setTimeout(
      guard(() => {
        this.close();
      }),
      UNWATCHED_MS,
    );
    this.closing.refresh();
    const sources = [...this.views.keys()];
    const [shown = sources[0]] = sources.filter(name => name === source);
    const part = this.views.get(shown)?.read(fromColumn);
    if (part === undefined) return { sources };
    const levels = Buffer.from(part.levels).toString('base64');
    return { sources, view: { ...part, source: shown, levels } };
  }

  close(): void {
    clearTimeout(this.closing);
    this.closing = undefined;
    this.views.clear();
  }
}
