import assert from 'node:assert/strict';
import { ProgressLine } from '../../src/cli/progress-line.js';

function terminal(isTTY: boolean): {
  isTTY: boolean;
  columns: number;
  write: (text: string) => void;
  written: string[];
} {
  const written: string[] = [];
  return { isTTY, columns: 60, write: text => void written.push(text), written };
}

describe('ProgressLine', () => {
  it('rewrites the last line of a terminal with a bar, a note and the time left', () => {
    const screen = terminal(true);
    const line = new ProgressLine(undefined, screen);
    line.show({ done: 0, total: 4 });
    line.show({ part: 'training', done: 1, total: 4, note: 'loss 0.500' });
    line.show({ part: 'training', done: 2, total: 4, note: 'loss 0.400' });
    line.show({ done: 4, total: 4 });
    line.clear();
    const shown = screen.written.map(text => text.replace('\r\u001b[K', ''));
    assert.equal(shown[0], '░'.repeat(20) + ' 0/4');
    assert.equal(shown[1], '█████░░░░░░░░░░░░░░░ training: 1/4, loss 0.500');
    assert.match(shown[2], /^█{10}░{10} training: 2\/4, loss 0\.400, \d+ s left$/);
    assert.equal(shown[3], '█'.repeat(20) + ' 4/4');
    assert.equal(shown[4], '');
    assert.ok(screen.written.every(text => text.startsWith('\r\u001b[K')));
  });

  it('never wraps', () => {
    const screen = terminal(true);
    new ProgressLine(undefined, screen).show({ part: 'x'.repeat(100), done: 1, total: 2 });
    assert.equal(screen.written[0].replace('\r\u001b[K', '').length, 59);
  });

  it('logs now and then where there is no terminal, each count once, and when a part is done', () => {
    const log = terminal(false);
    const line = new ProgressLine(2, log);
    for (const done of [0, 1, 2, 2, 3, 4, 5]) line.show({ part: 'nights', done, total: 5 });
    assert.deepEqual(
      log.written.map(text => text.replace(/, \d+ s left/, '')),
      ['nights: 2/5\n', 'nights: 4/5\n', 'nights: 5/5\n'],
    );
    const silent = terminal(false);
    new ProgressLine(undefined, silent).show({ done: 5, total: 5 });
    assert.deepEqual(silent.written, []);
  });

  it('leaves the line of a finished part on a terminal', () => {
    const screen = terminal(true);
    const line = new ProgressLine(100, screen);
    line.show({ part: 'reading', done: 1, total: 2 });
    line.show({ part: 'reading', done: 2, total: 2 });
    assert.equal(screen.written.at(-1), 'reading: 2/2\n');
  });
});
