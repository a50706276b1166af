import assert from 'node:assert/strict';
import { Spectrogram } from '../../../src/detect/look-spectrogram.js';

/** Shade n is the colour [n, 0, 255 - n]. */
const COLOURS = Array.from({ length: 256 }, (_, shade) => [shade, 0, 255 - shade]).flat();

/** A reply of columns with two bands each, a second long. */
function reply(firstColumn: number, columns: number[][], source = 'cot'): Parameters<Spectrogram['push']>[0] {
  const levels = Buffer.from(columns.flat()).toString('base64');
  return { source, firstColumn, columnS: 1, bands: 2, levels };
}

/** The red of each pixel, row by row from the top. */
function reds(spectrogram: Spectrogram): number[][] {
  const { width, height, data } = spectrogram.draw(COLOURS);
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => data[4 * (row * width + column)]),
  );
}

describe('the spectrogram of the live view', () => {
  it('puts low bands below, and the loudest in the last shade', () => {
    const spectrogram = new Spectrogram(10);
    spectrogram.push(
      reply(0, [
        [240, 120],
        [180, 240],
      ]),
    );
    assert.deepEqual(reds(spectrogram), [
      [0, 255],
      [255, 128],
    ]);
    const { data } = spectrogram.draw(COLOURS);
    assert.deepEqual([...data.slice(0, 4)], [0, 0, 255, 255]);
  });

  it('shows a quiet room as quiet', () => {
    const spectrogram = new Spectrogram(10);
    spectrogram.push(reply(0, [[30, 60]]));
    assert.deepEqual(reds(spectrogram), [[128], [64]]);
  });

  it('goes on where it is, and drops what is too old', () => {
    const spectrogram = new Spectrogram(3);
    const columns = Array.from({ length: 3 }, () => [240, 240]);
    spectrogram.push(reply(0, columns));
    assert.equal(spectrogram.nextOf('cot'), 3);
    spectrogram.push(reply(3, columns.slice(1)));
    assert.equal(spectrogram.nextOf('cot'), 5);
    assert.equal(spectrogram.firstColumn, 2);
    assert.equal(spectrogram.draw(COLOURS).width, 3);
  });

  it('begins anew after a gap and with another source', () => {
    const spectrogram = new Spectrogram(10);
    spectrogram.push(reply(0, [[240, 240]]));
    spectrogram.push(reply(5, [[240, 240]]));
    assert.equal(spectrogram.firstColumn, 5);
    assert.equal(spectrogram.draw(COLOURS).width, 1);
    spectrogram.push(reply(6, [[240, 240]], 'hall'));
    assert.equal(spectrogram.draw(COLOURS).width, 1);
    assert.equal(spectrogram.nextOf('cot'), 0);
    assert.equal(spectrogram.nextOf('hall'), 7);
  });
});
