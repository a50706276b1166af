import assert from 'node:assert/strict';
import { plot, type Series } from '../../src/pictures/plot.js';

/** Texts of an SVG with their places. */
function texts(svg: string): { x: number; y: number; words: string }[] {
  return [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"[^>]*>([^<]*)</g)].map(([, x, y, words]) => ({
    x: Number(x),
    y: Number(y),
    words,
  }));
}

function placeOf(svg: string, words: string): { x: number; y: number } {
  return texts(svg).find(text => text.words === words)!;
}

function line(points: { x: number; y: number }[], name = 'one'): Series {
  return { name, mark: 'line', points };
}

function placesOfLine(svg: string): number[][] {
  return /points="([^"]*)"/
    .exec(svg)![1]
    .split(' ')
    .map(pair => pair.split(',').map(Number));
}

describe('plot', () => {
  it('draws values at their ticks, on linear and on logarithmic axes', () => {
    const svg = plot({
      x: { label: 'rate', scale: 'log', from: 1, to: 1000 },
      y: { label: 'share', from: 0, to: 1 },
      series: [
        line([
          { x: 5, y: 0.2 },
          { x: 100, y: 0.8 },
        ]),
      ],
    });
    const [[x1, y1], [x2, y2]] = placesOfLine(svg);
    assert.deepEqual([x1, x2], [placeOf(svg, '5').x, placeOf(svg, '100').x]);
    // A tick's text stands 4 lower than its line, for the line to be at its middle.
    assert.deepEqual([y1 + 4, y2 + 4], [placeOf(svg, '0.2').y, placeOf(svg, '0.8').y]);
    assert.ok(x1 < x2 && y1 > y2);
    const decades = ['1', '10', '100', '1000'].map(words => placeOf(svg, words).x);
    for (const i of [1, 2])
      assert.ok(Math.abs(decades[i + 1] - decades[i] - (decades[1] - decades[0])) < 0.2);
  });

  it('draws what is beyond an axis at its end', () => {
    const svg = plot({
      x: { label: '', scale: 'log', from: 1, to: 10 },
      y: { label: '', from: 0, to: 1 },
      series: [
        line([
          { x: 0, y: -1 },
          { x: 1000, y: 2 },
        ]),
      ],
    });
    const within = plot({
      x: { label: '', scale: 'log', from: 1, to: 10 },
      y: { label: '', from: 0, to: 1 },
      series: [
        line([
          { x: 1, y: 0 },
          { x: 10, y: 1 },
        ]),
      ],
    });
    assert.equal(svg, within);
  });

  it('takes its ranges from the data', () => {
    const axis = { label: '' };
    const points = [
      { x: 120, y: -0.4 },
      { x: 2000, y: 0.9 },
    ];
    const svg = plot({ x: axis, y: axis, series: [line(points)] });
    const words = texts(svg).map(text => text.words);
    assert.deepEqual(words, ['500', '1000', '1500', '2000', '-0.4', '-0.2', '0', '0.2', '0.4', '0.6', '0.8']);
    const [[left, low], [right, high]] = placesOfLine(svg);
    assert.ok(right - left > 300 && low - high > 200);
    // One value alone lies in the middle.
    assert.doesNotMatch(plot({ x: axis, y: axis, series: [line([points[0]])] }), /NaN|Infinity/);
  });

  it('names several series, and draws bars, dots and dashes of different colours', () => {
    const axis = { label: 'a < b & "c"', from: 0, to: 1 };
    const points = [{ x: 0.2, y: 0.3, text: 'here' }];
    const svg = plot({
      title: 'T<1>',
      x: axis,
      y: axis,
      series: [
        { name: 'bars', mark: 'bars', bars: [{ from: 0, to: 0.5, value: 0.5 }] },
        { name: 'dots', mark: 'dots', points },
        { name: 'dashes', mark: 'dashed', points },
        line(points, 'line'),
      ],
    });
    const colours = [...svg.matchAll(/<(?:rect|circle|polyline)[^>]*"(#\w+)"/g)].map(match => match[1]);
    assert.equal(new Set(colours).size, 4);
    for (const name of [
      'bars',
      'dots',
      'dashes',
      'line',
      'here',
      'T&lt;1&gt;',
      'a &lt; b &amp; &quot;c&quot;',
    ])
      assert.ok(placeOf(svg, name), name);
    const [, bar] = svg.match(/<rect[^>]*>/g)!;
    assert.match(bar, /width="177" height="\d/);
  });
});
