import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackRecord } from '../../src/reason/record.js';
import type { Outcome } from '../../src/baby/commands.js';
import { EMPTY_MEMORY, type BabyMemory } from '../../src/baby/memory.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import type { CryEvent } from '../../src/values.js';
import { SmallBabyBuddy, TOKEN } from '../baby/baby-buddy-server.js';
import { cryAt, HOUR_MS } from '../reason/cries.js';
import { askDialog, errorText, type FlowNode, runFlow, statusText, stopFlow } from './flow.js';

const NOON = Date.UTC(2026, 0, 31, 12);

function reasonNode(id: string, baby: string): FlowNode[] {
  return [
    { id, type: 'deepinfant-reason', baby, wires: [[`${id} events`], [`${id} told`]] },
    { id: `${id} events`, type: 'probe' },
    { id: `${id} told`, type: 'probe' },
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

  it('says all in the language that is chosen for it', async () => {
    const flow = await runFlow(FLOW.map(node => (node.id === 'one' ? { ...node, language: 'de' } : node)));
    flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS });
    flow.send('one', { payload: cryAt(NOON) });
    const msg = await flow.until('one events');
    assert.match(msg.text as string, /^Mia schreit seit 3 s: (wahrscheinlich|vielleicht) hungrig/);
    const { contributions, tip } = reasonOf(msg);
    assert.equal(tip, 'Milch anbieten.');
    assert(contributions.some(({ text }) => /^Die letzte Mahlzeit war vor 4 h: Hunger ist/.test(text)));
    await flow.until('statuses', status => /^hungrig · \d+ %$/.test(statusText(status)));
    // Another node goes on in Node-RED's language.
    flow.send('any', { payload: cryAt(NOON) });
    assert.match((await flow.until('any events')).text as string, /has been crying for 3 s/);
  });

  it('says what evidence rests on in a way that programs can read', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS });
    flow.send('one', { payload: cryAt(NOON) });
    const { payload } = await flow.until('one events');
    const { contributions } = reasonOf({ payload });
    const fed = contributions.find(({ fact, reason }) => fact?.kind === 'feed' && reason === 'hungry')!;
    assert.deepEqual(fed.fact, { kind: 'feed', agoS: 4 * 3600 });
    const again = readCryEvent(JSON.parse(JSON.stringify(payload)));
    assert.deepEqual(again.reason!.contributions, contributions);
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
      assert(contributions.some(({ text }) => text.startsWith('The last feed was 4 h')));
      await flow.until('statuses', msg => statusText(msg).endsWith('status.reason'));
    });
  }

  it('takes a message without a time as now', async () => {
    const flow = await runFlow(FLOW);
    flow.send('any', { topic: 'feed', payload: '' });
    flow.send('any', { payload: cryAt(Date.now() + HOUR_MS) });
    const { contributions } = reasonOf(await flow.until('any events'));
    assert(contributions.some(({ text }) => text.startsWith('The last feed was 1 h')));
  });

  it('shares what was told of one baby, and nothing with other babies', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS });
    flow.send('two', { payload: cryAt(NOON) });
    flow.send('any', { payload: cryAt(NOON) });
    const isFeed = ({ text }: { text: string }): boolean => text.startsWith('The last feed was');
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
    assert.match(time, /'after lunch' is not a time: send epoch ms/);
  });

  it('tells what became of answers: early, late, twice, contradictory, out of order, of no cry', async () => {
    const flow = await runFlow(FLOW);
    const records: (TrackRecord | undefined)[] = [];
    const ask = async (payload: object): Promise<unknown> => {
      const topic = String(Math.random());
      flow.send('one', { topic, payload });
      const { record, ...became } = (await flow.until('one told', msg => msg.topic === topic))
        .payload as Outcome;
      records.push(record);
      return became;
    };
    const cry = cryAt(NOON);
    const at = NOON + HOUR_MS;
    assert.deepEqual(await ask({ answer: 'hungry', at }), { outcome: 'unknown-cry', reason: 'hungry', at });
    flow.send('one', { payload: cry });
    const about = { cry: cry.id, reason: 'hungry', at };
    assert.deepEqual(await ask({ answer: 'hungry', at: NOON - 1 }), {
      outcome: 'unknown-cry',
      reason: 'hungry',
      at: NOON - 1,
    });
    assert.deepEqual(await ask({ answer: 'hungry', cry: 'cot@1', at }), {
      ...about,
      outcome: 'unknown-cry',
      cry: 'cot@1',
    });
    assert.deepEqual(await ask({ answer: 'hungry', at }), { ...about, outcome: 'counted' });
    assert.deepEqual(await ask({ answer: 'hungry', cry: cry.id, at: at + 1 }), {
      ...about,
      at: at + 1,
      outcome: 'repeated',
    });
    const tired = { cry: cry.id, reason: 'tired', by: 'Ben' };
    assert.deepEqual(await ask({ answer: 'tired', at: at - 1, by: 'Ben' }), {
      ...tired,
      at: at - 1,
      outcome: 'outdated',
    });
    assert.deepEqual(await ask({ answer: 'tired', cry: cry.id, at: at + 2, by: 'Ben' }), {
      ...tired,
      at: at + 2,
      outcome: 'replaced',
    });
    assert.deepEqual(await ask({ withdraw: 'answer' }), { outcome: 'withdrawn', cry: cry.id });
    assert.deepEqual(await ask({ withdraw: 'answer', cry: cry.id }), { outcome: 'unknown-cry', cry: cry.id });
    assert.deepEqual(await ask({ withdraw: 'answer' }), { outcome: 'unknown-cry' });
    const tooLate = { answer: 'hungry', at: NOON + 2 * HOUR_MS };
    assert.deepEqual(await ask(tooLate), {
      outcome: 'unknown-cry',
      reason: 'hungry',
      at: tooLate.at,
    });
    // Of the first answer, which was that of who always says the commonest.
    assert.deepEqual(
      records.find(record => record !== undefined),
      { answers: 1, right: 1, commonestRight: 1 },
    );
    assert.equal(records.at(-1), undefined);
  });

  it('takes back what was told', async () => {
    const flow = await runFlow(FLOW);
    const first = { kind: 'feed', at: NOON - 4 * HOUR_MS, id: `feed@${NOON - 4 * HOUR_MS}` };
    const second = { kind: 'feed', at: NOON - HOUR_MS, id: 'bottle 2' };
    for (const payload of [
      first,
      second,
      { withdraw: 'feed' },
      { withdraw: 'feed', at: first.at },
      { withdraw: 'feed' },
    ])
      flow.send('one', { payload });
    await flow.until('one told', ({ payload }) => (payload as Outcome).outcome === 'unknown-fact');
    assert.deepEqual(
      flow.messages('one told').map(({ payload }) => payload),
      [
        { outcome: 'noted', fact: first },
        { outcome: 'noted', fact: second },
        { outcome: 'withdrawn', fact: second },
        { outcome: 'withdrawn', fact: first },
        { outcome: 'unknown-fact', fact: undefined },
      ],
    );
  });

  it('forgets everything with one message or the button, on disk, too', async () => {
    const flow = await runFlow(FLOW);
    const folder = path.join(flow.userDir, 'deepinfant', 'baby-mia');
    flow.send('one', { topic: 'feed', payload: NOON });
    await flow.until('one told');
    assert(existsSync(folder));
    flow.send('one', { topic: 'forget', payload: 'everything' });
    await flow.until('one told', ({ payload }) => (payload as Outcome).outcome === 'forgotten');
    assert(!existsSync(folder));
    flow.send('one', { topic: 'feed', payload: NOON });
    await flow.until('one told', () => existsSync(folder) && flow.messages('one told').length === 3);
    assert.deepEqual(await askDialog('deepinfant-baby/forget', { id: 'mia' }), {});
    assert(!existsSync(folder));
    flow.send('one', { topic: 'export', payload: '' });
    const { payload } = await flow.until('one told', ({ topic }) => topic === 'export');
    assert.deepEqual(payload, EMPTY_MEMORY);
  });

  it('exports what it knows, and takes it elsewhere', async () => {
    const flow = await runFlow(FLOW);
    flow.send('one', { topic: 'feed', payload: NOON });
    flow.send('one', { payload: cryAt(NOON + HOUR_MS) });
    flow.send('one', { topic: 'export' });
    const { payload: exported } = await flow.until('one told', ({ topic }) => topic === 'export');
    flow.send('any', { topic: 'import', payload: JSON.stringify(exported) });
    await flow.until('any told');
    flow.send('any', { topic: 'import', payload: { version: 1, facts: [], cries: [{}] } });
    await flow.until('errors', msg => errorText(msg).includes('memory of the baby: cries.0.id is missing'));
    flow.send('any', { topic: 'export' });
    const again = await flow.until('any told', ({ topic }) => topic === 'export');
    assert.deepEqual(again.payload, JSON.parse(JSON.stringify(exported)));
  });

  it('has no way out of its folder in an id', async () => {
    const flow = await runFlow(reasonNode('../../any', ''));
    flow.send('../../any', { topic: 'feed', payload: NOON });
    await flow.until('../../any told');
    assert.deepEqual(readdirSync(path.join(flow.userDir, 'deepinfant')), ['baby-..%2F..%2Fany']);
  });

  it('says when it cannot keep what it knows, and goes on', async () => {
    const flow = await runFlow(FLOW);
    writeFileSync(path.join(flow.userDir, 'deepinfant'), 'a file where the folder is to be');
    flow.send('one', { payload: cryAt(NOON) });
    await flow.until('one events');
    await flow.until('statuses', msg => statusText(msg).endsWith('status.unsaved'));
    flow.send('two', { topic: 'feed', payload: NOON });
    flow.send('two', { topic: 'change', payload: NOON });
    await flow.until('errors', ({ topic }) => topic === 'change');
    for (const msg of flow.messages('errors'))
      assert.match(errorText(msg), /Cannot save what is known of the baby/);
    const { files } = await askDialog<{ files: string[] }>('deepinfant-baby/trouble', { id: 'mia' });
    assert.match(files.join(), /^Cannot save what is known of the baby/);
    rmSync(path.join(flow.userDir, 'deepinfant'));
    // It is told already, and now written.
    flow.send('two', { topic: 'feed', payload: NOON });
    await flow.until('two told');
    await flow.until('statuses', msg => statusText(msg).endsWith('status.unsure'));
  });

  it('follows Baby Buddy, and says when it cannot', async () => {
    const server = new SmallBabyBuddy();
    await server.start();
    const child = server.add('children', { first_name: 'Mia', last_name: '' }).id;
    const fed = new Date(Date.now() - 4 * HOUR_MS).toISOString();
    server.add('feedings', { child, start: fed, end: fed });
    const [mia, ...others] = FLOW;
    const flow = await runFlow([{ ...mia, babyBuddy: server.url }, ...others], { mia: { token: 'wrong' } });
    await flow.until('statuses', msg => statusText(msg).endsWith('status.wrong-token'));
    await stopFlow();
    const again = await runFlow([{ ...mia, babyBuddy: server.url }, ...others], { mia: { token: TOKEN } });
    for (;;) {
      again.send('one', { topic: 'export' });
      const { payload } = again.messages('one told').at(-1) ?? { payload: EMPTY_MEMORY };
      if ((payload as BabyMemory).facts.length > 0) break;
      await sleep(20);
    }
    again.send('one', { payload: cryAt(Date.now()) });
    const { contributions } = reasonOf(await again.until('one events'));
    assert(contributions.some(({ text }) => text.startsWith('The last feed was 4 h ago')));
    await server.stop();
  });

  it('works without the age when the birth date is none', async () => {
    const [baby, ...others] = FLOW;
    const flow = await runFlow([{ ...baby, birthDate: 'last spring' }, ...others]);
    flow.send('one', { payload: cryAt(NOON) });
    assert.match((await flow.until('one events')).text as string, /^The baby/);
  });

  describe('with several babies', () => {
    const TWINS: FlowNode[] = [
      { id: 'mia', type: 'deepinfant-baby', name: 'Mia' },
      { id: 'leo', type: 'deepinfant-baby', name: 'Leo' },
      ...reasonNode('one', 'mia').map(node => ({ ...node, baby2: 'leo' })),
      ...reasonNode('mias', 'mia'),
    ];
    /** Voices that nobody mistakes for one another. */
    const VOICES: Record<string, Float32Array> = {
      Mia: new Float32Array(16).fill(1),
      Leo: new Float32Array(16).fill(-1),
    };
    const by = (name: string, onset: number): CryEvent => ({
      ...cryAt(onset),
      embedding: VOICES[name].map((value, i) => value + Math.sin(onset / HOUR_MS + i)),
    });

    it('weighs the reason over all while it is not known who cries', async () => {
      const flow = await runFlow(TWINS);
      flow.send('one', { topic: 'feed', payload: NOON - 4 * HOUR_MS, baby: 'Mia' });
      flow.send('one', { payload: { kind: 'feed', at: NOON - HOUR_MS, baby: 'Leo' } });
      flow.send('one', { topic: 'change', payload: NOON - HOUR_MS });
      flow.send('one', { payload: cryAt(NOON) });
      const { payload, text } = await flow.until('one events');
      const { who, reason } = payload as CryEvent;
      assert.deepEqual([who!.label, who!.probabilities], ['unsure', { Mia: 0.5, Leo: 0.5 }]);
      assert.match(text as string, /^Mia or Leo has been crying for 3 s/);
      const texts = reason!.contributions.map(piece => piece.text).join('\n');
      for (const fact of [
        'Mia – The last feed was 4 h',
        'Leo – The last feed was 1 h',
        'Mia – The last nappy',
        'Leo – The last nappy',
      ])
        assert(texts.includes(fact), fact);
    });

    it('names who cries when answers have shown that it can tell, and remembers that', async () => {
      const flow = await runFlow(TWINS);
      for (let i = 0; i < 30; i++) {
        const cry = by(i % 2 === 0 ? 'Mia' : 'Leo', NOON + i * HOUR_MS);
        flow.send('one', { payload: cry });
        flow.send('one', { topic: 'answer', payload: { cry: cry.id, baby: i % 2 === 0 ? 'Mia' : 'Leo' } });
      }
      await flow.until('one told', () => flow.messages('one told').length === 30);
      await flow.redeploy();
      flow.send('one', { payload: by('Leo', NOON + 40 * HOUR_MS), topic: 'last' });
      const { payload, text } = await flow.until('one events', ({ topic }) => topic === 'last');
      const { label, accuracy, baselineAccuracy, learnedFrom } = (payload as CryEvent).who!;
      assert.deepEqual([label, learnedFrom], ['Leo', 30]);
      assert(accuracy! > 0.8 && baselineAccuracy! <= 0.5);
      assert.match(text as string, /^Leo \(\d\d%\) has been crying/);
      // From now on what it was is enough.
      flow.send('one', { payload: { answer: 'tired', cry: (payload as CryEvent).id } });
      const told = await flow.until('one told', msg => (msg.payload as Outcome).reason === 'tired');
      assert.equal((told.payload as Outcome).baby, 'Leo');
    });

    it('learns what a cry was of the baby whose it was, alone', async () => {
      const flow = await runFlow(TWINS);
      const cry = cryAt(NOON);
      const about = { cry: cry.id, reason: 'hungry' };
      const outcomes: object[] = [];
      const ask = async (payload: object): Promise<void> => {
        const topic = String(Math.random());
        flow.send('one', { topic, payload });
        const { record, ...became } = (await flow.until('one told', msg => msg.topic === topic))
          .payload as Outcome;
        assert.equal(record?.answers ?? 1, 1);
        outcomes.push(became);
      };
      flow.send('one', { payload: cry });
      flow.send('one', { payload: { answer: 'hungry', cry: cry.id }, baby: 'Max' });
      await flow.until('errors', msg => errorText(msg).includes("called 'Max': send Mia or Leo"));
      const at = NOON + HOUR_MS;
      await ask({ answer: 'hungry', baby: 'Mia', cry: cry.id, at });
      await ask({ answer: 'hungry', baby: 'Leo', cry: cry.id, at: at + 1 });
      await ask({ answer: 'tired', baby: 'Mia', cry: cry.id, at: at - 1 });
      await ask({ answer: 'hungry', baby: 'Leo', cry: 'cot@1', at });
      await ask({ withdraw: 'answer' });
      await ask({ withdraw: 'answer', cry: cry.id });
      assert.deepEqual(outcomes, [
        { ...about, at, outcome: 'counted', baby: 'Mia' },
        { ...about, at: at + 1, outcome: 'counted', baby: 'Leo' },
        { ...about, at: at - 1, outcome: 'outdated', baby: 'Mia', reason: 'tired' },
        { ...about, at, outcome: 'unknown-cry', cry: 'cot@1' },
        { outcome: 'withdrawn', cry: cry.id },
        { outcome: 'unknown-cry', cry: cry.id },
      ]);
    });

    it('takes what a cry was while nobody knows whose it was, and learns from it', async () => {
      const flow = await runFlow(TWINS);
      const cry = cryAt(NOON);
      const at = NOON + HOUR_MS;
      flow.send('one', { payload: cry });
      flow.send('one', { topic: 'first', payload: { answer: 'hungry', cry: cry.id, at } });
      const { payload } = await flow.until('one told', ({ topic }) => topic === 'first');
      assert.deepEqual(payload, { outcome: 'counted', cry: cry.id, reason: 'hungry', at });
      const answersOf = async (baby: string): Promise<unknown> => {
        const topic = String(Math.random());
        flow.send('one', { topic, payload: { export: true, baby } });
        const exported = await flow.until('one told', msg => msg.topic === topic);
        return (exported.payload as BabyMemory).cries.map(({ answer }) => answer);
      };
      const half = { reason: 'hungry', at, from: 'caregiver', share: 0.5 };
      assert.deepEqual([await answersOf('Mia'), await answersOf('Leo')], [[half], [half]]);
      // It is hers alone as soon as somebody says so.
      flow.send('one', { topic: 'second', payload: { answer: '', baby: 'Mia', cry: cry.id, at: at + 1 } });
      await flow.until('one told', ({ topic }) => topic === 'second');
      const whole = { reason: 'hungry', at, from: 'caregiver' };
      assert.deepEqual([await answersOf('Mia'), await answersOf('Leo')], [[whole], [undefined]]);
      assert.deepEqual(flow.messages('errors'), []);
    });

    it('knows a baby by the name that it had as it cried, and refuses an answer about one that is gone', async () => {
      const flow = await runFlow(TWINS);
      const named = ['Mia', 'Leo'] as const;
      for (let i = 0; i < 30; i++) {
        const cry = by(named[i % 2], NOON + i * HOUR_MS);
        flow.send('one', { payload: cry });
        flow.send('one', { topic: 'answer', payload: { cry: cry.id, baby: named[i % 2] } });
      }
      await flow.until('one told', () => flow.messages('one told').length === 30);
      const heard = named.map((name, i) => by(name, NOON + (40 + i) * HOUR_MS));
      for (const cry of heard) flow.send('one', { payload: cry });
      const [mias, leos] = heard;
      await flow.until('one events', ({ payload }) => (payload as CryEvent).id === leos.id);
      await flow.redeploy({ id: 'mia', type: 'deepinfant-baby', name: 'Mila' });
      const ask = async (payload: object): Promise<Outcome> => {
        const topic = String(Math.random());
        flow.send('one', { topic, payload });
        return (await flow.until('one told', msg => msg.topic === topic)).payload as Outcome;
      };
      // By its voice, and from a phone that shows the name of then.
      const byVoice = await ask({ answer: 'hungry', cry: mias.id });
      assert.deepEqual([byVoice.outcome, byVoice.baby], ['counted', 'Mila']);
      const told = await ask({ answer: 'tired', cry: leos.id, baby: 'Mia' });
      assert.deepEqual([told.outcome, told.baby], ['counted', 'Mila']);
      await flow.redeploy({ id: 'one', type: 'deepinfant-reason', baby2: '' });
      assert.equal((await ask({ answer: 'hungry', cry: leos.id, baby: 'Leo' })).outcome, 'unknown-cry');
      assert.deepEqual(flow.messages('errors'), []);
    });

    it('asks which one is to be forgotten, exported or replaced', async () => {
      const flow = await runFlow(TWINS);
      flow.send('one', { topic: 'feed', payload: NOON });
      flow.send('one', { topic: 'forget', payload: 'everything' });
      await flow.until('errors', msg => errorText(msg).includes('Say which baby'));
      flow.send('one', { topic: 'forget', payload: 'everything', baby: 'Leo' });
      flow.send('one', { topic: 'export', baby: 'Leo' });
      flow.send('one', { topic: 'export', baby: 'Mia' });
      await flow.until('one told', ({ topic, baby }) => topic === 'export' && baby === 'Mia');
      const [leo, mia] = flow.messages('one told').slice(-2);
      assert.deepEqual(leo.payload, EMPTY_MEMORY);
      assert.equal((mia.payload as BabyMemory).facts.length, 1);
    });

    it('tells babies without a name of their own apart by their places', async () => {
      const unnamed = TWINS.map(node => (node.type === 'deepinfant-baby' ? { ...node, name: '' } : node));
      const flow = await runFlow(unnamed);
      flow.send('one', { payload: cryAt(NOON) });
      assert.match((await flow.until('one events')).text as string, /^baby 1 or baby 2 has/);
      flow.send('mias', { topic: 'feed', payload: NOON, baby: 'Mia' });
      await flow.until('mias told');
    });
  });
});
