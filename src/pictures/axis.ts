/** An axis of a plot; missing ends and ticks are taken from the data. */
export interface Axis {
  label: string;
  /** Linear unless it says `log`, which needs `from` > 0. */
  scale?: 'log';
  from?: number;
  to?: number;
  ticks?: Tick[];
}

export interface Tick {
  at: number;
  text: string;
}

/** An axis with its range and ticks. */
export interface Scale {
  label: string;
  ticks: Tick[];
  /** Where a value lies in the range: 0 at its start, 1 at its end; values beyond lie at the ends. */
  share: (value: number) => number;
}

export function scaleOf(axis: Axis, values: readonly number[]): Scale {
  const { label, scale } = axis;
  const from = axis.from ?? values.reduce((a, b) => Math.min(a, b), Infinity);
  const to = axis.to ?? values.reduce((a, b) => Math.max(a, b), -Infinity);
  const along = scale === 'log' ? Math.log10 : (value: number): number => value;
  // A range without width shows its values in the middle.
  const width = along(to) - along(from);
  return {
    label,
    ticks: axis.ticks ?? (scale === 'log' ? logTicks(from, to) : linearTicks(from, to)),
    share: value => (width > 0 ? (along(Math.max(from, Math.min(to, value))) - along(from)) / width : 0.5),
  };
}

/** About five round values: 1, 2 or 5 times a power of ten apart (Heckbert 1990, Graphics Gems). */
function linearTicks(from: number, to: number): Tick[] {
  const apart = (to - from) / 5;
  if (!(apart > 0)) return [tick(from)];
  const power = 10 ** Math.floor(Math.log10(apart));
  const step = power * (apart < 1.5 * power ? 1 : apart < 3 * power ? 2 : apart < 7 * power ? 5 : 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => tick((first + i) * step));
}

/** Powers of ten; up to three of them, 2 and 5 times them as well. */
function logTicks(from: number, to: number): Tick[] {
  const multiples = Math.log10(to / from) <= 3 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
    for (const multiple of multiples) ticks.push(tick(multiple * 10 ** power));
  }
  return ticks.filter(({ at }) => at >= from * (1 - 1e-9) && at <= to * (1 + 1e-9));
}

function tick(at: number): Tick {
  return { at, text: String(Number(at.toPrecision(6))) };
}
