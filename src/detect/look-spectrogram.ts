import type { ViewReply } from './look-reply.js';

/** Levels come in half decibels; this far below the loudest is the quietest shade, and no room is all of that shade. */
const RANGE = 2 * 60;
const LEAST_LOUDEST = 2 * 60;

/** Pixels from the top left, four bytes each: red, green, blue and opacity. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** The last seconds of a source's spectrogram, put together from one reply after another. */
export class Spectrogram {
  private source = '';
  private bands = 0;
  /** By number; they follow one another without a gap. */
  private columns = new Map<number, Uint8Array>();
  /** Number of the first column that is not here yet. */
  nextColumn = 0;

  /** @param keptS seconds that are kept */
  constructor(private readonly keptS: number) {}

  /** Number of the first column to ask for of a source. */
  nextOf(source: string): number {
    return source === this.source ? this.nextColumn : 0;
  }

  /** Adds a reply's columns; those of another source, or after a gap, replace all. */
  push(view: Pick<ViewReply, 'source' | 'firstColumn' | 'columnS' | 'bands' | 'levels'>): void {
    const { source, firstColumn, columnS, bands } = view;
    if (source !== this.source || firstColumn !== this.nextColumn) this.columns.clear();
    this.source = source;
    this.bands = bands;
    const levels = Uint8Array.from(atob(view.levels), char => char.charCodeAt(0));
    this.nextColumn = firstColumn + levels.length / bands;
    for (let number = firstColumn; number < this.nextColumn; number++) {
      const at = (number - firstColumn) * bands;
      this.columns.set(number, levels.subarray(at, at + bands));
    }
    const oldest = this.nextColumn - this.keptS / columnS;
    for (const number of this.columns.keys()) if (number < oldest) this.columns.delete(number);
  }

  /** Number of the first column in the picture. */
  get firstColumn(): number {
    const [first = this.nextColumn] = this.columns.keys();
    return first;
  }

  /**
   * A pixel a column and band, low bands below.
   * @param colours red, green and blue of 256 shades, from quiet to loud
   */
  draw(colours: readonly number[]): Pixels {
    const width = this.columns.size;
    const data = new Uint8ClampedArray(4 * width * this.bands);
    let loudest = LEAST_LOUDEST;
    for (const levels of this.columns.values())
      for (const level of levels) loudest = Math.max(loudest, level);
    for (const [column, levels] of [...this.columns.values()].entries()) {
      for (const [band, level] of levels.entries()) {
        const shade = Math.round(255 * Math.max(0, 1 + (level - loudest) / RANGE));
        const at = 4 * ((this.bands - 1 - band) * width + column);
        data.set(colours.slice(3 * shade, 3 * shade + 3), at);
        data[at + 3] = 255;
      }
    }
    return { width, height: this.bands, data };
  }
}
