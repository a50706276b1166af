/** Draws the live view. */
import type { Preset } from '../../../src/model/manifest.js';
import { translate } from '../../editor/translate.js';
import type { ViewReply } from '../../../src/detect/look-reply.js';
import type { Spectrogram } from '../../../src/detect/look-spectrogram.js';

/** Seconds across the picture. */
export const SHOWN_S = 25;

const PRESETS: readonly Preset[] = ['careful', 'balanced', 'sensitive'];
/** Sizes in px: the column of names on the left, a preset's lane, the scores, the spectrogram, and the gap between. */
const NAMES = 84;
const LANE = 18;
const SCORES = 56;
const SPECTRUM = 110;
const GAP = 6;
const ACCENT = '#b86b80';

/** Draws from top to bottom: what each preset hears, the scores, the spectrogram. The present is on the right. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  chosen: string,
  spectrogram: Spectrogram,
  view: ViewReply | undefined,
): void {
  const { width, height } = canvas.getBoundingClientRect();
  const density = window.devicePixelRatio || 1;
  canvas.width = width * density;
  canvas.height = height * density;
  const pen = canvas.getContext('2d')!;
  const { color, fontFamily } = getComputedStyle(canvas);
  pen.scale(density, density);
  pen.font = `12px ${fontFamily}`;
  pen.textBaseline = 'middle';
  const endS = view?.endS ?? 0;
  const x = (atS: number): number => NAMES + Math.max(0, 1 - (endS - atS) / SHOWN_S) * (width - NAMES);
  const drawName = (name: Preset | 'score' | 'sound', y: number, opacity = 1): void => {
    pen.globalAlpha = opacity;
    pen.fillStyle = color;
    pen.fillText(translate(`deepinfant-detector.live.${name}`), 0, y, NAMES - 8);
  };

  let top = 0;
  for (const preset of PRESETS) {
    drawName(preset, top + LANE / 2, preset === chosen ? 1 : 0.6);
    pen.fillStyle = '#8884';
    pen.fillRect(NAMES, top + LANE / 2 - 0.5, width - NAMES, 1);
    pen.fillStyle = ACCENT;
    for (const span of view?.heard[preset] ?? []) {
      const from = x(span.startS);
      pen.fillRect(from, top + 3, x(span.endS ?? endS) - from, LANE - 6);
    }
    top += LANE;
  }
  top += GAP;

  drawName('score', top + SCORES / 2);
  pen.fillStyle = '#8881';
  pen.fillRect(NAMES, top, width - NAMES, SCORES);
  pen.strokeStyle = ACCENT;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const { endS: atS, cry } of view?.scores ?? [])
    if (atS > endS - SHOWN_S) pen.lineTo(x(atS), top + 1 + (1 - cry) * (SCORES - 2));
  pen.stroke();
  top += SCORES + GAP;

  drawName('sound', top + SPECTRUM / 2);
  pen.fillStyle = 'black';
  pen.fillRect(NAMES, top, width - NAMES, SPECTRUM);
  if (view === undefined) return;
  const { width: columns, height: bands, data } = spectrogram.draw(RED.settings.deepinfantDetectorColours);
  if (columns === 0) return;
  const picture = document.createElement('canvas');
  picture.width = columns;
  picture.height = bands;
  picture.getContext('2d')!.putImageData(new ImageData(data, columns, bands), 0, 0);
  const from = x(spectrogram.firstColumn * view.columnS);
  const to = x((spectrogram.firstColumn + columns) * view.columnS);
  pen.drawImage(picture, from, top, to - from, SPECTRUM);
}
