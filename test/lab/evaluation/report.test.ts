import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { evaluationOf, type ScoredRecording } from '../../../src/lab/evaluation/evaluation.js';
import { reportPage } from '../../../src/lab/evaluation/report.js';
import { writeWav } from '../../audio/wav-writer.js';

/** Texts of the cells of the table row that begins with these. */
function row(page: string, ...first: string[]): string[] {
  const rows = [...page.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, cells]) =>
    [...cells.matchAll(/<t[dh][^>]*>([^<]*)</g)].map(([, cell]) => cell),
  );
  return rows.find(cells => first.every((text, i) => cells[i] === text))!;
}

describe('reportPage', () => {
  let folder: string;
  let page: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-report-'));
    const rate = 16000;
    await writeFile(path.join(folder, 'cry'), writeWav(synthesiseCry({ seed: 1, durationS: 2 }), { rate }));
    await writeFile(path.join(folder, 'fan'), writeWav(fanNoise({ seed: 1, durationS: 25 }), { rate }));
    // 12 cries with scores of 0, 0.05 and so on, one a group; 12 others, one of 0.95 and then of less, all of one group.
    const recordings = Array.from({ length: 24 }, (_, i): ScoredRecording => {
      const half = i >> 1;
      return i % 2 === 0
        ? { path: `cry${half}.wav`, label: 'cry', group: `g${i}`, source: 'a<b', score: half / 20 }
        : {
            path: `fan${half}.wav`,
            label: half % 2 === 0 ? 'household' : 'music',
            group: 'fans',
            source: 'shop',
            score: (19 - half) / 20,
            steps: [
              { atS: 0.5, score: 0.1 },
              { atS: 20.5, score: 0.95 },
              { atS: 24.5, score: 0.2 },
            ],
          };
    });
    const rivals = new Map([['other', new Map(recordings.map(({ path, score }) => [path, -score]))]]);
    page = await reportPage(
      {
        model: { name: 'toy', version: '2.1.0' },
        data: 'some/corpus',
        recordings,
        fileOf: ({ label }) => path.join(folder, label === 'cry' ? 'cry' : 'fan'),
        rivals,
        thresholds: { strict: 0.9, loose: 0.5 },
        left: { uncertain: 4 },
        unreadable: ['broken.wav is <empty>'],
        date: new Date(Date.UTC(2026, 0, 2, 3, 4)),
        command: 'deepinfant evaluate --data some/corpus',
      },
      evaluationOf(recordings, rivals),
    );
  });
  after(() => rm(folder, { recursive: true }));

  it('tells what was measured, and what is missing', () => {
    for (const text of [
      '<h1>toy 2.1.0 on corpus</h1>',
      '<dd>24: 12 cries and 12 others</dd>',
      '<dd>13 phones, uploads and speakers</dd>',
      "<dd>4 'uncertain'</dd>",
      '<dd>strict 0.900, loose 0.500</dd>',
      '<dd>2026-01-02 03:04 UTC</dd>',
      '<dd>deepinfant evaluate --data some/corpus</dd>',
      'missing below: 1</strong><ul><li>broken.wav is &lt;empty&gt;</li>',
    ])
      assert.ok(page.includes(text), text);
  });

  it('tells the figures beside those of rivals, whose ranking is the opposite here', () => {
    const [, mine, , rival] = row(page, 'AUC');
    assert.ok(Math.abs(Number(mine) + Number(rival) - 1) < 0.0011, `${mine} and ${rival}`);
  });

  it('counts cries found and false alarms at each threshold, by source and label', () => {
    assert.deepEqual(row(page, 'a&lt;b'), ['a&lt;b', '12', '12', '0 (0.0%)', '2 (16.7%)']);
    assert.deepEqual(row(page, 'household', 'shop').slice(2), ['6', '1', '1 (16.7%)', '5 (83.3%)']);
    assert.deepEqual(row(page, 'music', 'shop').slice(2), ['6', '1', '1 (16.7%)', '5 (83.3%)']);
    assert.deepEqual(row(page, 'all', '').slice(2), ['12', '1', '2 (16.7%)', '10 (83.3%)']);
  });

  it('shows the ten worst of both kinds, worst first, the loudest part of long ones', () => {
    const captions = [...page.matchAll(/<figcaption>([\d.]+) · (\w+) · ([^<]*)</g)].map(match =>
      match.slice(1),
    );
    assert.equal(captions.length, 20);
    assert.deepEqual(captions[0], ['0.000', 'cry', 'a&lt;b · cry0.wav']);
    assert.deepEqual(captions[9], ['0.450', 'cry', 'a&lt;b · cry9.wav']);
    assert.deepEqual(captions[10], ['0.950', 'household', 'shop · fan0.wav']);
    const [, picture] = /<figure>((?:(?!<figure>).)*)<figcaption>0\.950/s.exec(page)!;
    // From 5 s before the highest score, to the recording's end.
    const times = [...picture.matchAll(/>(\d+)<\/text>/g)].map(match => Number(match[1]));
    assert.ok(times.includes(16) && times.includes(24) && !times.includes(14), times.join());
    assert.equal([...page.matchAll(/data:image\/png/g)].length, 20);
  });

  it('is one file without scripts, and nothing in it is not a number', () => {
    const texts = page.replaceAll(/base64,[^"]*/g, '');
    assert.deepEqual(
      [...texts.matchAll(/.{0,80}(?:<script|NaN|undefined|Infinity)/g)].map(match => match[0]),
      [],
    );
    assert.deepEqual(
      [...page.matchAll(/(?:href|src)="(?!data:)[^"]*"/g)].map(match => match[0]),
      [],
    );
  });
});
