import { scaleOf, type Axis } from './axis.js';
import { circle, element, image, path, rect, round, svg, text, type Attributes } from './svg.js';

export interface Point {
  x: number;
  y: number;
  /** Written beside a dot. */
  text?: string;
}

/** A bar over a stretch of the x axis. */
export interface Bar {
  from: number;
  to: number;
  value: number;
  /** Drawn as a line over it. */
  interval?: readonly [low: number, high: number];
}

/** What a plot shows. Values beyond an axis are drawn at its end. */
export type Series = { name: string } & (
  | { mark: 'line' | 'dashed' | 'dots'; points: readonly Point[] }
  | { mark: 'bars'; bars: readonly Bar[] }
  | { mark: 'image'; png: Uint8Array; from: Point; to: Point }
);

export interface Plot {
  title?: string;
  x: Axis;
  y: Axis;
  /** Each in its own colour; named above the plot if there are several. */
  series: readonly Series[];
  /** In units; the plot is 420 units wide. */
  height?: number;
}

/** Colour-blind readers can tell them apart (after Okabe and Ito 2008), the first three also by lightness. */
const COLOURS = ['#00609c', '#c85800', '#2da57e', '#cc79a7', '#e69f00', '#56b4e9'];
const WIDTH = 420;
const LEFT = 52;
const RIGHT = 14;
const LEGEND_LINE = 16;
const MIDDLE: Attributes = { 'text-anchor': 'middle' };

/** Draws a plot as an SVG element, also fit for a file of its own. It follows the reader's light or dark scheme. */
export function plot({ title = '', x, y, series, height = 300 }: Plot): string {
  const ends = series.flatMap(endsOf);
  const horizontal = scaleOf(
    x,
    ends.map(point => point.x),
  );
  const vertical = scaleOf(
    y,
    ends.map(point => point.y),
  );
  const legend = legendOf(series.length > 1 ? series : [], title ? 24 : 4);
  const right = WIDTH - RIGHT;
  const top = legend.bottom + 6;
  const bottom = height - (horizontal.ticks.length > 0 ? 20 : 6) - (horizontal.label ? 18 : 0);
  const at: Area['at'] = point => ({
    x: round(LEFT + horizontal.share(point.x) * (right - LEFT)),
    y: round(bottom - vertical.share(point.y) * (bottom - top)),
  });
  const middle = (top + bottom) / 2;
  const parts = [
    text(WIDTH / 2, 16, title, { 'text-anchor': 'middle', 'font-size': 14, 'font-weight': 600 }),
    legend.svg,
    ...horizontal.ticks.map(tick => {
      const { x: across } = at({ x: tick.at, y: 0 });
      return line(across, top, across, bottom) + text(across, bottom + 15, tick.text, MIDDLE);
    }),
    ...vertical.ticks.map(tick => {
      const { y: up } = at({ x: 0, y: tick.at });
      return line(LEFT, up, right, up) + text(LEFT - 6, up + 4, tick.text, { 'text-anchor': 'end' });
    }),
    text((LEFT + right) / 2, height - 5, horizontal.label, MIDDLE),
    text(0, 0, vertical.label, { ...MIDDLE, transform: `translate(12 ${round(middle)}) rotate(-90)` }),
    ...series.map((one, i) => markOf(one, colourOf(i), { at, bottom })),
  ];
  return svg(
    WIDTH,
    height,
    {
      role: 'img',
      'aria-label': title,
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
      fill: 'currentColor',
      style: 'color-scheme: light dark; color: CanvasText',
    },
    ...parts,
  );
}

/** Where in the picture the values lie. */
interface Area {
  at: (point: Point) => { x: number; y: number };
  bottom: number;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length];
}

function endsOf(series: Series): Point[] {
  if (series.mark === 'bars')
    return series.bars.flatMap(({ from, to, value }) => [
      { x: from, y: 0 },
      { x: to, y: value },
    ]);
  if (series.mark === 'image') return [series.from, series.to];
  return [...series.points];
}

function markOf(series: Series, colour: string, { at, bottom }: Area): string {
  switch (series.mark) {
    case 'line':
    case 'dashed': {
      const places = series.points.map(point => `${at(point).x},${at(point).y}`);
      const points = places.filter((place, i) => place !== places[i - 1]).join(' ');
      const stroke = { ...strokeOf(series.mark, colour), 'stroke-linejoin': 'round' };
      return element('polyline', { points, fill: 'none', ...stroke });
    }
    case 'dots':
      return series.points
        .map(point => {
          const { x, y } = at(point);
          return circle(x, y, 4, { fill: colour }) + dotText(x, y, point.text ?? '', bottom);
        })
        .join('');
    case 'bars':
      return series.bars
        .map(({ from, to, value, interval }) => {
          const [foot, head] = [at({ x: from, y: 0 }), at({ x: to, y: value })];
          const bar = rect(foot.x, head.y, head.x - foot.x, foot.y - head.y, { fill: colour });
          if (!interval) return bar;
          const [low, high] = interval.map(end => at({ x: (from + to) / 2, y: end }));
          return bar + path(`M${low.x} ${low.y}V${high.y}`, { stroke: 'currentColor', 'stroke-width': 1.5 });
        })
        .join('');
    case 'image': {
      const [low, high] = [at(series.from), at(series.to)];
      return image(series.png, low.x, high.y, high.x - low.x, low.y - high.y);
    }
  }
}

/** The text of a dot: below it if there is room, otherwise above; to the right, because most curves rise. */
function dotText(x: number, y: number, words: string, bottom: number): string {
  return text(x - 3, y + 16 < bottom ? y + 16 : y - 7, words, { 'font-size': 11 });
}

/** The names of the series, in as many lines as they need, from `top` on. */
function legendOf(series: readonly Series[], top: number): { svg: string; bottom: number } {
  let x = LEFT;
  let y = top + 10;
  if (series.length === 0) return { svg: '', bottom: top };
  const entries = series.map(({ name, mark }, i) => {
    // SVG cannot measure a text: letters are 7 units wide at most, on average.
    const width = 30 + 7 * name.length;
    if (x > LEFT && x + width > WIDTH) {
      x = LEFT;
      y += LEGEND_LINE;
    }
    const start = x;
    x += width;
    const key = markKey(mark, start, y - 4, colourOf(i));
    return key + text(start + 20, y, name);
  });
  return { svg: entries.join(''), bottom: y + 4 };
}

function markKey(mark: Series['mark'], x: number, y: number, colour: string): string {
  if (mark === 'dots') return circle(x + 8, y, 4, { fill: colour });
  if (mark === 'bars') return rect(x + 2, y - 5, 12, 10, { fill: colour });
  return path(`M${x} ${y}h16`, strokeOf(mark, colour));
}

function strokeOf(mark: Series['mark'], colour: string): Attributes {
  return {
    stroke: colour,
    'stroke-width': 2,
    'stroke-dasharray': mark === 'dashed' ? '4 4' : undefined,
  };
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return path(`M${x1} ${y1}L${x2} ${y2}`, { stroke: 'currentColor', 'stroke-opacity': 0.15 });
}
