import { facts, figures, page, table } from './page.js';
import { escapeText } from '../../pictures/escape.js';
import { plot, type Point } from '../../pictures/plot.js';
import {
  causeOf,
  figuresOfNights,
  sweepsOfNights,
  type NightResult,
  type NightSound,
  type SweptFigures,
} from './scene.js';
import type { SceneFigures } from './nights.js';

/** What a report of nights is about. */
export interface SceneMeasurement {
  model: { name: string; version: string };
  data: string;
  hours: number;
  nights: readonly NightResult<NightSound>[];
  /** The nights of each source that was left out, by its name. */
  sources: ReadonlyMap<string, readonly NightResult<NightSound>[]>;
  date: Date;
  command: string;
}

/** Figures of each preset and rival as rows of a table, the first its head. */
export function sceneTable(nights: readonly NightResult<NightSound>[]): string[][] {
  const row = (name: string, scene: SceneFigures): string[] => {
    const seconds = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} s`);
    return [
      name,
      `${scene.found} of ${scene.episodes}`,
      scene.falseAlarmsPerNight.toFixed(2),
      seconds(scene.latencyMedianS),
      seconds(scene.latencyP95S),
    ];
  };
  const all = [nights.map(night => night.presets), nights.map(night => night.rivals)];
  return [
    ['', 'episodes found', 'false alarms a night', 'median delay', '95th percentile'],
    ...all.flatMap(each => Object.entries(figuresOfNights(each)).map(([name, scene]) => row(name, scene))),
  ];
}

/** The report of nights as one HTML page: figures, each night's timeline, and the causes of false alarms. */
export function scenePage({ model, data, hours, nights, sources, date, command }: SceneMeasurement): string {
  const sum = nights.reduce((n, night) => n + night.episodes.length, 0);
  const causes = nights.flatMap((night, i) =>
    Object.entries(night.presets).flatMap(([preset, { falseAlarmsS }]) =>
      falseAlarmsS.map(raisedS => {
        const cause = causeOf(night.plan, raisedS);
        const sound = cause ? [cause.label, cause.sublabel, cause.path] : ['none', '', ''];
        return [preset, `${i + 1}`, clock(raisedS), ...sound];
      }),
    ),
  );
  const body = [
    facts([
      ['model', `${model.name} ${model.version}`],
      ['data', data],
      ['nights', `${nights.length} of ${hours} h, with ${sum} episodes of crying`],
      ['date', date.toISOString().slice(0, 10)],
      ['command', command],
    ]),
    '<h2>Figures</h2>',
    '<p>An alarm lasts until 30 s after its last sign of a cry. It is false if no episode explains it. The delay is the time from the first sound of an episode to the alarm.</p>',
    table(sceneTable(nights)),
    ...[...sources].flatMap(([source, of]) => [
      `<p>Source ${escapeText(source)} left out:</p>`,
      table(sceneTable(of)),
    ]),
    figures([
      {
        svg: nightsPlot({
          curves: sweepsOfNights(model.name, nights),
          presets: figuresOfNights(nights.map(night => night.presets)),
        }),
      },
    ]),
    '<h2>Nights</h2>',
    '<p>Bars: episodes of crying. Line: highest cry score in each 20 s. Dots: false alarms with the balanced preset.</p>',
    figures(nights.map((night, i) => ({ svg: timeline(`Night ${i + 1}`, night) }))),
    '<h2>False alarms</h2>',
    causes.length === 0
      ? '<p>None.</p>'
      : table([['preset', 'night', 'at', 'sound', '', 'recording'], ...causes], 6),
  ];
  return page(`Nights of ${model.name}`, body.join('\n'));
}

/** More false alarms a night than these are not drawn: nobody would live with them. */
const MOST_DRAWN = 6;

/**
 * Cries found against false alarms a night, a curve for each detector as its threshold falls, with the presets as dots.
 * @param curves by the detector's name, as sweepsOfNights gives them
 */
export function nightsPlot({
  curves,
  presets,
}: {
  curves: Record<string, readonly SweptFigures[]>;
  presets: Record<string, Omit<SweptFigures, 'threshold'>>;
}): string {
  const pointOf = ({ found, episodes, falseAlarmsPerNight }: Omit<SweptFigures, 'threshold'>): Point => ({
    x: falseAlarmsPerNight,
    y: (100 * found) / episodes,
  });
  const lines = Object.entries(curves).map(([name, swept], i) => ({
    name,
    mark: i === 0 ? ('line' as const) : ('dashed' as const),
    points: cutAt(MOST_DRAWN, swept.map(pointOf)),
  }));
  const dots = Object.entries(presets).map(([text, figures]) => ({ ...pointOf(figures), text }));
  return plot({
    title: 'Cries found at night',
    x: { label: 'false alarms a night', from: 0, to: MOST_DRAWN },
    y: { label: '% of cries found', from: 0, to: 100 },
    series: [...lines, { name: 'presets', mark: 'dots', points: dots.filter(({ x }) => x <= MOST_DRAWN) }],
  });
}

/** A curve from left to right, which ends where it leaves the picture; of points above each other, the highest. */
function cutAt(most: number, points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const after = sorted.findIndex(({ x }) => x > most);
  if (after < 1) return sorted.slice(0, after === -1 ? undefined : 0);
  const [inside, outside] = [sorted[after - 1], sorted[after]];
  const share = (most - inside.x) / (outside.x - inside.x);
  return [...sorted.slice(0, after), { x: most, y: inside.y + share * (outside.y - inside.y) }];
}

function timeline(title: string, { plan, episodes, curve, presets }: NightResult<NightSound>): string {
  const hour = (seconds: number): number => seconds / 3600;
  return plot({
    title,
    x: { label: 'hours', from: 0, to: hour(plan.durationS) },
    y: { label: 'cry score', from: 0, to: 1.1, ticks: [0, 0.5, 1].map(at => ({ at, text: `${at}` })) },
    height: 180,
    series: [
      {
        name: 'crying',
        mark: 'bars',
        // A cry of a few seconds would be invisible in a plot of hours.
        bars: episodes.map(({ startS, endS }) => ({
          from: hour(startS),
          to: hour(Math.max(endS, startS + 60)),
          value: 1,
        })),
      },
      { name: 'score', mark: 'line', points: curve.map(({ atS, score }) => ({ x: hour(atS), y: score })) },
      {
        name: 'false alarm',
        mark: 'dots',
        points: presets.balanced.falseAlarmsS.map(raisedS => ({ x: hour(raisedS), y: 1.05 })),
      },
    ],
  });
}

/** h:mm:ss */
function clock(seconds: number): string {
  const two = (n: number): string => `${Math.floor(n)}`.padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
