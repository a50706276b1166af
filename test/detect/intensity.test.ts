import assert from 'node:assert/strict';
import { intensityOf } from '../../src/detect/intensity.js';
import type { Intensity } from '../../src/values.js';

describe('intensityOf', () => {
  const table: [number | undefined, number, Intensity][] = [
    [undefined, 60, 'cry'],
    [-3, 60, 'fuss'],
    [11.9, 60, 'fuss'],
    [12, 1, 'cry'],
    [34.9, 60, 'cry'],
    [35, 4.9, 'cry'],
    [35, 5, 'scream'],
  ];
  for (const [aboveRoomDb, durationS, expected] of table) {
    it(`calls ${String(aboveRoomDb)} dB over the room for ${durationS} s a ${expected}`, () => {
      assert.equal(intensityOf(aboveRoomDb, durationS), expected);
    });
  }
});
