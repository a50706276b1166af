import { Spectrogram } from '../detect/look-spectrogram.js';
import type { LookReply, ViewReply } from '../detect/look-reply.js';
import { colourMap } from '../pictures/colour-map.js';

/** Seconds across the picture. */
const SHOWN_S = 25;
const ASK_EVERY_MS = 300;
/** Heights in px: the scores, and the gap below them. */
const SCORES = 60;
const GAP = 6;

const COLOURS = [...colourMap()];

/** Draws what a source hears, as long as the page is visible. */
export class LivePicture {
  source = '';
  private readonly spectrogram = new Spectrogram(SHOWN_S);

  private isStopped = false;

  constructor(readonly canvas: HTMLCanvasElement) {}

  /** Asks and draws, again and again. */
  start(): void {
    const step = async (): Promise<void> => {
      try {
        if (!document.hidden && this.source !== '') await this.look();
      } catch {
        // The page says that the connection is lost.
      }
      if (!this.isStopped) setTimeout(() => void step(), ASK_EVERY_MS);
    };
    void step();
  }

  stop(): void {
    this.isStopped = true;
  }

  private async look(): Promise<void> {
    const { source, spectrogram } = this;
    const question = new URLSearchParams({ source, column: String(spectrogram.nextOf(source)) });
    const reply = await fetch(`live?${question.toString()}`);
    const { view } = (await reply.json()) as LookReply;
    // A view that was just opened has nothing of this source yet, and gives the first one's.
    if (view?.source !== source) return;
    spectrogram.push(view);
    this.draw(view);
  }

  private draw({ endS, scores, columnS }: ViewReply): void {
    const { canvas, spectrogram } = this;
    const { width, height } = canvas.getBoundingClientRect();
    const density = window.devicePixelRatio || 1;
    canvas.width = width * density;
    canvas.height = height * density;
    const pen = canvas.getContext('2d')!;
    pen.scale(density, density);
    const x = (atS: number): number => (1 - (endS - atS) / SHOWN_S) * width;
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const { endS: atS, cry } of scores) pen.lineTo(x(atS), 1 + (1 - cry) * (SCORES - 2));
    pen.stroke();
    const top = SCORES + GAP;
    pen.fillStyle = 'black';
    pen.fillRect(0, top, width, height - top);
    const { width: columns, height: bands, data } = spectrogram.draw(COLOURS);
    if (columns === 0) return;
    const picture = new OffscreenCanvas(columns, bands);
    picture.getContext('2d')!.putImageData(new ImageData(data, columns, bands), 0, 0);
    const from = x(spectrogram.firstColumn * columnS);
    const to = x((spectrogram.firstColumn + columns) * columnS);
    pen.drawImage(picture, from, top, to - from, height - top);
  }
}
