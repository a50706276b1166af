/** Loaded into a process by --require: its clock is CLOCK_SHIFT_MS ahead. */
const SHIFT_MS = Number(process.env.CLOCK_SHIFT_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(RealDate.now() + SHIFT_MS);
    else super(...(parts as []));
  }

  static override now(): number {
    return RealDate.now() + SHIFT_MS;
  }
} as DateConstructor;
