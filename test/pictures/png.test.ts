import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { colourMap } from '../../src/pictures/colour-map.js';
import { encodePng } from '../../src/pictures/png.js';
import { needTools } from '../tools.js';

describe('encodePng', () => {
  it('makes a picture that ffmpeg reads pixel by pixel', function () {
    needTools(this, 'ffmpeg');
    const palette = colourMap();
    const pixels = Uint8Array.from({ length: 37 * 21 }, (_, i) => (i * 89) % 256);
    const args = ['-v', 'error', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
    const png = encodePng(37, pixels, palette);
    const rgb = execFileSync('ffmpeg', args, { input: png });
    assert.deepEqual(
      [...rgb],
      [...pixels].flatMap(index => [...palette.subarray(3 * index, 3 * index + 3)]),
    );
    // ffmpeg does not look at the checksums; that of the empty last chunk is well known.
    assert.equal(png.subarray(-8).toString('hex'), '49454e44ae426082');
  });
});

describe('colourMap', () => {
  it('rises evenly in lightness from black to white, with every colour in the range of sRGB', () => {
    const map = colourMap();
    assert.equal(map.length, 3 * 256);
    const lightness = Array.from({ length: 256 }, (_, i) => oklabLightness(map.subarray(3 * i, 3 * i + 3)));
    lightness.forEach((value, i) => {
      // What was cut to the range would be lighter or darker than meant.
      assert.ok(Math.abs(value - (0.1 + (0.9 * i) / 255)) < 0.006, `colour ${i}: ${value}`);
    });
  });
});

/** Ottosson's conversion of sRGB. */
function oklabLightness(rgb: Uint8Array): number {
  const [r, g, b] = [...rgb].map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return (
    0.2104542553 * Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) +
    0.793617785 * Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) -
    0.0040720468 * Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  );
}
