import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { spectrogram } from '../../src/pictures/spectrogram.js';

const MELS = 128;

/** Rows of palette indices of the picture in an SVG, which has one block of data. */
function pixelRows(svg: string): Buffer[] {
  const png = Buffer.from(/base64,([^"]+)/.exec(svg)![1], 'base64');
  const width = png.readUInt32BE(16);
  const at = png.indexOf('IDAT');
  const raw = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  return Array.from({ length: raw.length / (width + 1) }, (_, y) =>
    raw.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)),
  );
}

function tone(hz: number, fromS: number, durationS: number): Float32Array {
  return Float32Array.from({ length: durationS * 16000 }, (_, i) =>
    i >= fromS * 16000 ? 0.5 * Math.sin((2 * Math.PI * hz * i) / 16000) : 0,
  );
}

/** Height at which a text stands, less what lowers it to its line. */
function tickY(svg: string, words: string): number {
  return Number(new RegExp(`y="([\\d.]+)"[^>]*>${words}<`).exec(svg)![1]) - 4;
}

describe('spectrogram', () => {
  it('shows a tone where the axes say that it is', () => {
    for (const [hz, words] of [
      [500, '500'],
      [4000, '4k'],
    ] as const) {
      const svg = spectrogram({ samples: tone(hz, 1, 2), fromS: 0 });
      const rows = pixelRows(svg);
      assert.equal(rows.length, MELS);
      const last = rows.map(row => row[row.length - 5]);
      const brightest = last.indexOf(Math.max(...last));
      const [, top, height] = /<image[^>]*y="([\d.]+)"[^>]*height="([\d.]+)"/.exec(svg)!.map(Number);
      const y = top + ((brightest + 0.5) / MELS) * height;
      assert.ok(Math.abs(y - tickY(svg, words)) < (1.1 * height) / MELS, `${hz} Hz at ${y}`);
      // Silent until 1 s, half of the picture.
      const onset = rows[brightest].findIndex(pixel => pixel > 200) / rows[brightest].length;
      assert.ok(Math.abs(onset - 0.5) < 0.05, `onset at ${onset}`);
      assert.equal(rows[brightest][2], 0);
    }
  });

  it('shows scores over the same time, and neither silence nor a click as an error', () => {
    const scores = [
      { atS: 20, score: 0 },
      { atS: 22, score: 1 },
    ];
    const svg = spectrogram({ samples: tone(1000, 0, 2), fromS: 20, scores });
    const [, left, right] = /points="([\d.]+),[\d.]+ ([\d.]+),/.exec(svg)!.map(Number);
    const [, x, width] = /<image[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/.exec(svg)!.map(Number);
    assert.deepEqual([left, right], [x, x + width]);
    assert.match(svg, />20.5</);

    const silence = pixelRows(spectrogram({ samples: new Float32Array(16000), fromS: 0 }));
    assert.ok(silence.every(row => row.every(pixel => pixel === 0)));
    assert.equal(pixelRows(spectrogram({ samples: Float32Array.of(1), fromS: 0 })).length, MELS);
  });
});
