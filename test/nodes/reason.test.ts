import assert from 'node:assert/strict';
import type { CryEvent } from '../../src/values.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';
import { errorText, type FlowNode, runFlow, statusText, stopFlow } from './flow.js';

const NOON = Date.UTC(2026, 0, 31, 12);

function reasonNode(id: string, baby: string): FlowNode[] {
  return [
    { id, type: 'deepinfant-reason', baby, wires: [[`${id} events`]] },
    { id: `${id} events`, type: 'probe' },
  ];
}

const FLOW: FlowNode[] = [
  { id: 'mia', type: 'deepinfant-baby', name: 'Mia', birthDate: '2025-12-01' },
  ...reasonNode('one', 'mia'),
  ...reasonNode('two', 'mia'),
  ...reasonNode('any', ''),
];

const reasonOf = ({ payload }: { payload?: unknown }): NonNullable<CryEvent['reason']> =>
  (payload as CryEvent).reason!;

describe('deepinfant-reason', () => {
  afterEach(stopFlow);

  it('adds a reason and a sentence to a cry event, and passes the rest on', async () => {
    const flow = await runFlow(FLOW);
    const cry = cryAt(NOON);
    flow.send('one', { payload: cry, topic: 'cot', room: 'attic' });
    const msg = await flow.until('one events');
    const { reason, ...event } = msg.payload as CryEvent;
    assert.deepEqual(event, cry);
    assert(Math.abs(Object.values(reason!.probabilities).reduce((a, b) => a + b) - 1) < 1e-9);
    assert.match(msg.text as string, /^Mia has been crying for 3 s/);
    assert.deepEqual([msg.topic, msg.room], ['cot', 'attic']);
  });

  it('takes an event that came as JSON', async () => {
    const flow = await runFlow(FLOW);
    const cry = cryAt(NOON);
    flow.send('one', { payload: JSON.parse(JSON.stringify(cry)) as unknown });
    assert.equal(((await flow.until('one events')).payload as CryEvent).id, cry.id);
  });

  for (const [form, told] of Object.entries({
    'a topic and ms': { topic: 'feed', payload: NOON - 4 * HOUR_MS },
    'a topic and a Date': { topic: 'feed', payload: new Date(NOON - 4 * HOUR_MS) },
    'a topic and an ISO string': { topic: 'feed', payload: new Date(NOON - 4 * HOUR_MS).toISOString() },
    'an object': { payload: { kind: 'feed', at: NOON - 4 * HOUR_MS } },
  })) {
    it(`takes what was done as ${form}`, async () => {
      const flow = await runFlow(FLOW);
      flow.send('one', told);
      flow.send('one', { payload: cryAt(NOON) });
      const { label, contributions } = reasonOf(await flow.until('one events'));
      assert.equal(label, 'hungry');
      assert(contributions.some(({ text }) => text.startsWith('last feed 4 h')));
      await flow.until('statuses', msg => statusText(msg).endsWith('status.reason'));
    });
  }

  it('takes a message without a time as now', async () => {
    const flow = await runFlow(FLOW);
    flow.send('any', { topic: 'feed', payload: '' });
    flow.send('any', { payload: cryAt(Date.now() + HOUR_MS) });
    const { contributions } = reasonOf(await flow.until('any events'));
    assert(contributions.some(({ text }) => text.startsWith('last feed 1 h')));
  });

  it('shares what was told of one baby, and nothing with other babies', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS });
    flow.send('two', { payload: cryAt(NOON) });
    flow.send('any', { payload: cryAt(NOON) });
    const isFeed = ({ text }: { text: string }): boolean => text.startsWith('last feed');
    assert(reasonOf(await flow.until('two events')).contributions.some(isFeed));
    assert(!reasonOf(await flow.until('any events')).contributions.some(isFeed));
  });

  it('remembers what was told when the flow is deployed again', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS });
    // Many older ones that are told late.
    for (let i = 0; i < 150; i++) flow.send('one', { topic: 'wake', payload: NOON - 10 * HOUR_MS - i });
    flow.send('one', { payload: cryAt(NOON) });
    const before = await flow.until('one events');
    await flow.redeploy();
    flow.send('one', { payload: cryAt(NOON), topic: 'after' });
    const after = await flow.until('one events', ({ topic }) => topic === 'after');
    assert.deepEqual(after.payload, before.payload);
  });

  it('names what it cannot use', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'bath', payload: NOON });
    flow.send('one', { topic: 'feed', payload: 'after lunch' });
    await flow.until('errors', ({ topic }) => topic === 'feed');
    const [unknown, time] = flow.messages('errors').map(errorText);
    assert.match(unknown, /neither a cry event .* feed, sleep, wake, change/);
    assert.match(time, /'after lunch' is no time: send epoch ms/);
  });

  it('works without the age when the birth date is none', async () => {
    const [baby, ...others] = FLOW;
    const flow = await runFlow([{ ...baby, birthDate: 'last spring' }, ...others]);
    flow.send('one', { payload: cryAt(NOON) });
    assert.match((await flow.until('one events')).text as string, /^The baby/);
  });
});
