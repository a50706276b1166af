import { colourMap } from '../../pictures/colour-map.js';
import { encodePng } from '../../pictures/png.js';
import { spectrogramPixels } from '../../pictures/spectrogram.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { SAMPLE_RATE, type CryWindow } from '../../values.js';
import type { RecordedCry } from '../cry-recorder.js';

/** A window is about a second long, and the next one begins a step later: its mark is a step wide, in its middle. */
const WINDOW_S = 1;
const STEP_S = 0.256;

/** Rows of pixels: marks above, as high as the score, then two for each band. */
const MARK_ROWS = 48;
const ROWS_A_BAND = 2;
/** Share of the picture's height that the marks take. */
export const MARK_SHARE = MARK_ROWS / (MARK_ROWS + ROWS_A_BAND * SEED_FRONT_END.mels);
const LEAST_WIDTH = 800;
/** The colour map's last two colours are taken for the marks and for the line under them. */
const MARK_COLOUR = 254;
const LINE_COLOUR = 255;
const MARKS = { [MARK_COLOUR]: [0x56, 0xb4, 0xe9], [LINE_COLOUR]: [0x80, 0x80, 0x80] };

/** The spectrogram of a cry as a PNG, below marks of the windows that caused it, each as high as its score. */
export function cryPicture({ samples, fromS, windows }: RecordedCry): Buffer {
  const { frames, pixels: bands } = spectrogramPixels(samples);
  const columns = Math.max(1, Math.round(LEAST_WIDTH / frames));
  const width = frames * columns;
  const rows = bands.length / frames;
  const pixels = new Uint8Array(width * (MARK_ROWS + rows * ROWS_A_BAND));
  const durationS = samples.length / SAMPLE_RATE;
  for (const window of windows) mark(window, { pixels, width, columnsAS: width / durationS, fromS });
  pixels.fill(LINE_COLOUR, width * (MARK_ROWS - 1), width * MARK_ROWS);
  for (let y = 0; y < rows * ROWS_A_BAND; y++) {
    const band = Math.floor(y / ROWS_A_BAND) * frames;
    for (let x = 0; x < width; x++) {
      const level = bands[band + Math.floor(x / columns)];
      pixels[(MARK_ROWS + y) * width + x] = Math.min(level, MARK_COLOUR - 1);
    }
  }
  const palette = colourMap();
  for (const [index, colour] of Object.entries(MARKS)) palette.set(colour, 3 * Number(index));
  return encodePng(width, pixels, palette);
}

interface MarkedArea {
  pixels: Uint8Array;
  width: number;
  columnsAS: number;
  /** Time of the first column. */
  fromS: number;
}

function mark({ startS, score }: CryWindow, { pixels, width, columnsAS, fromS }: MarkedArea): void {
  const middle = startS + WINDOW_S / 2 - fromS;
  const left = Math.max(0, Math.round((middle - STEP_S / 2) * columnsAS));
  // A column between marks, so that they can be counted.
  const right = Math.min(width, Math.round((middle + STEP_S / 2) * columnsAS) - 1);
  const top = Math.round((1 - score) * (MARK_ROWS - 2));
  if (left < right)
    for (let y = top; y < MARK_ROWS - 1; y++) pixels.fill(MARK_COLOUR, y * width + left, y * width + right);
}
