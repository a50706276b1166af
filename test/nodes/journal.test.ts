import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import type { NodeMessage } from 'node-red';
import type { CryEvent } from '../../src/values.js';
import { endedCry } from '../journal/journals.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { errorText, runFlow, statusText, stopFlow, type FlowNode, type RunningFlow } from './flow.js';

const JOURNAL: FlowNode = {
  id: 'journal',
  type: 'deepinfant-journal',
  baby: 'baby',
  wires: [['cries'], ['answers']],
};
const NODES: FlowNode[] = [
  { id: 'baby', type: 'deepinfant-baby', name: 'Mia' },
  { id: 'reason', type: 'deepinfant-reason', baby: 'baby', wires: [['journal'], ['told', 'journal']] },
  JOURNAL,
  { id: 'cries', type: 'probe' },
  { id: 'answers', type: 'probe' },
  { id: 'told', type: 'probe' },
];

describe('a journal node', function () {
  this.timeout(30_000);
  let flow: RunningFlow;
  const now = Date.now();
  const errors = (): string[] => flow.messages('errors').map(errorText);
  const ask = async (topic: string, payload: unknown = ''): Promise<Record<string, never>> => {
    const count = flow.messages('answers').length;
    flow.send('journal', { topic, payload });
    await flow.until('answers', msg => flow.messages('answers').indexOf(msg) >= count);
    return flow.messages('answers').at(-1) as never;
  };

  afterEach(async () => {
    mock.timers.reset();
    await stopFlow();
  });

  it('notes cries, what was told and what was answered, and knows it after a deploy', async () => {
    flow = await runFlow(NODES);
    flow.send('reason', { topic: 'feed', payload: now - HOUR_MS });
    await flow.until('told');
    flow.send('reason', { payload: endedCry(now - 60_000) });
    await flow.until('cries');
    const answer = { answer: 'tired', cry: endedCry(now - 60_000).id, at: now - 30_000, by: 'Anna' };
    flow.send('reason', { payload: answer });
    // The answer given last counts, whichever comes last.
    flow.send('reason', { payload: { ...answer, answer: 'hungry', at: now - 10_000, by: 'Ben' } });
    flow.send('reason', { payload: { ...answer, answer: 'lonely', at: now - 20_000 } });
    await flow.until('told', ({ payload }) => (payload as { outcome: string }).outcome === 'outdated');
    await flow.redeploy();
    const { payload, text } = (await ask('day', now - 60_000)) as never as {
      payload: { cries: { answer: object }[]; totals: object };
      text: string;
    };
    assert.deepEqual(
      payload.cries.map(cry => cry.answer),
      [{ reason: 'hungry', at: now - 10_000, by: 'Ben' }],
    );
    assert.match(text, /one cry of 30 s/);
    const { text: accuracy } = await ask('accuracy');
    assert.match(accuracy, /of 1 answered cry/);
    assert.deepEqual(errors(), []);
  });

  it('replies in the language that is chosen for it', async () => {
    flow = await runFlow(NODES.map(node => (node === JOURNAL ? { ...node, language: 'de' } : node)));
    flow.send('reason', { payload: endedCry(now - 60_000) });
    await flow.until('cries');
    const { text, picture } = await ask('day', now - 60_000);
    assert.match(text, /: einmal 30 s geschrien, um \d\d:\d\d Uhr\. /);
    assert.match(picture, />Einmal 30 s geschrien</);
    await flow.until('statuses', status => /^(heute|letzte) Nacht: \d$/.test(statusText(status)));
    assert.deepEqual(errors(), []);
  });

  it('gives the clip and the picture with the end of a cry', async function () {
    needTools(this, 'ffmpeg');
    flow = await runFlow(NODES);
    for (let i = 0; i < 100; i++) {
      const samples = new Float32Array(16_000).fill(0.1);
      flow.send('journal', {
        payload: { samples, firstSample: 16_000 * i, at: now + 1000 * i, source: 'cot', lost: 0 },
      });
    }
    flow.send('journal', { payload: endedCry(now) });
    const { clip, picture } = (await flow.until('cries')).payload as CryEvent;
    assert.equal(readFileSync(picture!).subarray(1, 4).toString(), 'PNG');
    assert.equal(path.extname(clip!), '.mp3');
    const { picture: svg } = await ask('cry');
    assert.match(svg, /^<svg.*<image/);
    flow.send('journal', { topic: 'forget', payload: 'everything' });
    await flow.until('answers', msg => (msg.payload as { outcome?: string }).outcome === 'forgotten');
    assert(!existsSync(path.join(flow.userDir, 'deepinfant', 'baby-baby')));
  });

  it('passes on what it cannot note, and says what it cannot answer', async () => {
    flow = await runFlow([...NODES, { ...JOURNAL, id: 'second' }]);
    flow.send('journal', { topic: 'weather', payload: '' });
    flow.send('journal', { topic: 'night', payload: 'some day' });
    flow.send('journal', { topic: 'cry', payload: 'no such cry' });
    flow.send('journal', { topic: 'forget', payload: 'a bit' });
    flow.send('second', { payload: cryAt(now) });
    flow.send('second', { topic: 'night', payload: '' });
    await flow.until('errors', () => flow.messages('errors').length === 5);
    assert.deepEqual(
      errors()
        .map(text => /not a question|not a time|no cry with the id|is not open/.exec(text)?.[0])
        .sort(),
      ['is not open', 'no cry with the id', 'not a question', 'not a question', 'not a time'],
    );
    assert.equal(flow.messages('cries').length, 1);
    const failed = await flow.until('statuses', msg => statusText(msg).endsWith('status.error'));
    assert.equal((failed.status as { source: { id: string } }).source.id, 'second');
  });

  it('opens the journal when whoever kept it has ended', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    flow = await runFlow([...NODES, { ...JOURNAL, id: 'second' }]);
    const sourceOf = ({ status }: NodeMessage): string => (status as { source: { id: string } }).source.id;
    // Whichever comes first keeps it.
    const failed = sourceOf(await flow.until('statuses', msg => statusText(msg).endsWith('status.error')));
    await flow.remove(failed === 'second' ? 'journal' : 'second');
    const isOpen = (msg: NodeMessage): boolean =>
      sourceOf(msg) === failed && /status\.(tonight|lastNight)$/.test(statusText(msg));
    // The first minute may end before the other one has let go.
    await until(() => {
      mock.timers.tick(60_000);
      return flow.messages('statuses').some(isOpen);
    }, 'the journal to open');
    flow.send(failed, { payload: endedCry(now) });
    await flow.until('cries');
    assert.equal(errors().length, 0);
  });

  it('sums the night up in the morning', async () => {
    const morning = new Date(2026, 5, 10, 6, 58).getTime();
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: morning });
    flow = await runFlow(NODES);
    flow.send('journal', { payload: endedCry(morning - 5 * HOUR_MS) });
    await flow.until('cries');
    mock.timers.tick(60_000);
    assert.equal(flow.messages('answers').length, 0);
    mock.timers.tick(120_000);
    const { topic, text } = (await flow.until('answers')) as unknown as { topic: string; text: string };
    assert.equal(topic, 'night');
    assert.match(text, /Night of 9–10 Jun: one cry of 30 s, at 01:58/);
    mock.timers.tick(600_000);
    assert.equal(flow.messages('answers').length, 1);
  });
});
