/**
 * Shifts the clock of the process that is started with `--require` of this file, by the milliseconds in the file that
 * CHAOS_CLOCK names. They may change at any time: the clock then leaps. Timers are not concerned, as with a real clock that is set.
 */
import { readFileSync } from 'node:fs';

const READ_EVERY_MS = 50;
const RealDate = Date;
let shiftMs = 0;

function readShift(file: string): void {
  try {
    shiftMs = Number(readFileSync(file, 'utf8'));
  } catch {
    // It is being written.
  }
}

class ShiftedDate extends RealDate {
  constructor(...parts: [] | [number | string | Date]) {
    if (parts.length === 0) super(RealDate.now() + shiftMs);
    else super(...(parts as unknown as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

const file = process.env.CHAOS_CLOCK;
if (file !== undefined) {
  readShift(file);
  setInterval(() => {
    readShift(file);
  }, READ_EVERY_MS).unref();
  globalThis.Date = ShiftedDate as DateConstructor;
}
