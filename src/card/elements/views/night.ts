import { html, nothing, type TemplateResult } from 'lit';
import type { Format } from '../../format.js';
import type { TimeSpan } from '../../../night.js';
import { lengthMs } from '../../../night.js';
import type { Cry, Timeline } from '../../timeline.js';

const MINUTE_MS = 60_000;
/** The least width of a bar, and the width of the line of now. */
const BAR_PX = 4;
const LINE_PX = 2;

/** What is shown of a night. */
interface ShownNight {
  night: Timeline;
  /** Whether it ended this morning. */
  isOver: boolean;
  /** Why it is not known when nothing was listening. */
  note: string | undefined;
}

/**
 * The night as a strip: a bar for each cry, as high as it was intense, and hatched where nothing could be heard.
 * @param open opens the history
 */
export function nightView(
  { night, isOver, note }: ShownNight,
  format: Format,
  open: () => void,
): TemplateResult {
  const { text } = format;
  const title = text(isOver ? 'night.last' : 'night.tonight');
  if (!night.isCounted && note !== undefined)
    return html`
      <section>
        <h3>${title}</h3>
        <p class="strip empty">${note}</p>
      </section>
    `;
  const { gaps = [] } = night;
  const summary = summaryOf(night, format);
  const cries = night.cries.map(cry => cryInWords(cry, format));
  return html`
    <section>
      <div class="line-up">
        <h3>${title}</h3>
        <span>${summary}</span>
      </div>
      <button
        class="strip"
        aria-label=${text('night.label', { title, summary, cries: cries.join('; ') })}
        @click=${open}
      >
        ${night.hours.map(at => html`<span class="line" style="left: ${share(night, at)}%"></span>`)}
        ${
          isOver
            ? nothing
            : html`<span class="future" style="left: ${share(night, night.until)}%"></span
                ><span class="now" style="left: ${share(night, night.until)}%"></span>`
        }
        ${gaps.map(gap => html`<span class="gap" style=${place(night, gap)}></span>`)}
        ${night.cries.map(
          (cry, index) =>
            html`<span
              class="bar ${cry.intensity}"
              style=${barPlace(night, cry)}
              title=${cries[index]}
            ></span>`,
        )}
      </button>
      <div class="hours" aria-hidden="true">
        ${night.hours.map(at => html`<span style=${hourPlace(night, at)}>${format.hour(at)}</span>`)}
      </div>
      ${
        gaps.length === 0
          ? nothing
          : html`<p class="legend"><span class="gap"></span>${text('night.gap')}</p>`
      }
      ${note === undefined ? nothing : html`<p class="legend">${note}</p>`}
    </section>
  `;
}

/** Such as `3 cries · 14 min`; nothing where nobody knows which cries there were. */
function summaryOf({ from, until, cries, gaps, isCounted }: Timeline, { text, duration }: Format): string {
  if (!isCounted) return '';
  if (cries.length === 0) {
    if (gaps === undefined || gaps.length === 0) return text('night.none');
    // That there was none in ten minutes says nothing of the night.
    const heardMs = until - from - lengthMs(...gaps);
    return text(heardMs < MINUTE_MS ? 'night.unheard' : 'night.noneHeard', { duration: duration(heardMs) });
  }
  const values = { count: cries.length, duration: duration(lengthMs(...cries)) };
  return text(cries.length === 1 ? 'night.one' : 'night.many', values);
}

/** Such as `02:14 to 02:18, screaming`. */
function cryInWords({ from, to, intensity }: Cry, { text, time }: Format): string {
  return text('night.cry', { from: time(from), to: time(to), intensity: text(`intensity.${intensity}`) });
}

function place(night: Timeline, { from, to }: TimeSpan): string {
  return `left: ${share(night, from)}%; width: ${share(night, to) - share(night, from)}%`;
}

/** A bar has a least width, and yet ends before the line of now. */
function barPlace(night: Timeline, { from, to }: TimeSpan): string {
  const width = `max(${BAR_PX}px, ${share(night, to) - share(night, from)}%)`;
  return `width: ${width}; left: min(${share(night, from)}%, ${share(night, night.until)}% - ${width} - ${LINE_PX}px)`;
}

/** Centred below its line, but within the strip. */
function hourPlace(night: Timeline, at: number): string {
  return `left: clamp(18px, ${share(night, at)}%, calc(100% - 18px))`;
}

/** Where in the night a moment is, in percent. */
function share({ from, to }: Timeline, at: number): number {
  return Math.round((10_000 * (at - from)) / (to - from)) / 100;
}
