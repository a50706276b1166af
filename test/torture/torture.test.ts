import assert from 'node:assert/strict';
import { tagOf } from '../../src/hass/notify/cry-notification.js';
import { needHomeAssistant } from '../home-assistant/installed.js';
import { needTools } from '../tools.js';
import { tortureNight } from './campaign.js';
import { judge, type NightRecord } from './verdict.js';

const ID = 'cot@5000';
const isoAt = (ms: number): string => new Date(ms).toISOString();

/** A night with one cry, in which all went well. */
function goodNight(): NightRecord {
  const at = 5000;
  const ring = { message: 'Mia has been crying', data: { tag: tagOf(ID), alert_once: false }, at };
  const silent = { message: 'Mia cried', data: { tag: tagOf(ID), alert_once: true }, at: 20_000 };
  const automations = ['', 'escalation_'].map(kind => ({
    message: 'Mia is crying',
    data: { tag: `deepinfant_${kind}binary_sensor.mia_crying`, alert_once: false },
    at,
  }));
  const line = { baby: 'Mia', source: 'cot', id: ID };
  return {
    crying: [{ baby: 'Mia', source: 'cot', from: 4000, to: 18_000 }],
    lines: [
      { ...line, at, state: 'started' },
      { ...line, at: 20_000, state: 'ended' },
      { at: 21_000, baby: 'Mia', outcome: 'counted', cry: ID, reason: 'hungry' },
    ],
    kills: [],
    pushed: new Map([
      ['Anna', [ring, ...automations, silent]],
      ['Ben', [ring, silent]],
    ]),
    states: [
      { entityId: 'binary_sensor.mia_crying', state: 'on', at },
      { entityId: 'binary_sensor.mia_crying', state: 'off', at: 20_000 },
    ],
    brokerEvents: [
      { type: 'started', cry: ID },
      { type: 'ended', cry: ID },
    ],
    hassEvents: [
      { type: 'started', cry: ID, at: isoAt(at) },
      { type: 'ended', cry: ID, at: isoAt(20_000) },
    ],
    notes: [{ at: 17_000, time: 'a' }],
    answers: [{ baby: 'Mia', cry: ID, reason: 'hungry' }],
    keptAnswers: [
      { where: 'memory', cry: ID, reason: 'hungry' },
      { where: 'journal', cry: ID, reason: 'hungry' },
    ],
  };
}

describe('the torture night', () => {
  it('kills Home Assistant, the broker and Node-RED, and every cry rings once on each phone', async function () {
    this.timeout(300_000);
    needHomeAssistant(this);
    needTools(this, 'ffmpeg');
    const { signal } = new AbortController();
    const { wrong, kills, rings, cries } = await tortureNight({ cries: 3, kills: 1, seed: 5, signal });
    assert.deepEqual(wrong, []);
    assert.deepEqual(kills, { 'Home Assistant': 1, 'the broker': 1, 'Node-RED': 1 });
    assert.ok(cries >= 3 && rings >= 9, `${rings} rings for ${cries} cries`);
  });

  it('finds nothing wrong in a good night', () => {
    const { wrong, ...counts } = judge(goodNight());
    assert.deepEqual(wrong, []);
    assert.deepEqual(counts, {
      cries: 1,
      rings: 2,
      blueprintRings: 2,
      on: 1,
      flashes: 0,
      again: 0,
      answers: 1,
      cutOff: 0,
    });
  });

  const faults: Record<string, [(night: NightRecord) => unknown, RegExp]> = {
    'a phone that did not ring': [
      night => (night.pushed as Map<string, []>).set('Ben', []),
      /Ben did not ring/,
    ],
    'a phone that rang twice': [
      ({ pushed }) => (pushed.get('Ben')![1].data!.alert_once = false),
      /Ben rang 2 times/,
    ],
    'a cry that nobody heard of': [
      night => night.crying.push({ baby: 'Leo', source: 'attic', from: 1, to: 2 }),
      /nobody was called to Leo/,
    ],
    'an automation that rang twice': [
      ({ pushed }) => (pushed.get('Anna') as object[]).push({ ...pushed.get('Anna')![1] }),
      /rang 2 times on Anna/,
    ],
    'an automation that called nobody': [
      ({ pushed }) => (pushed.get('Anna') as object[]).splice(1, 1),
      /mia_crying called nobody/,
    ],
    "a false 'on'": [
      ({ states }) => states.push({ ...states[0], at: 90_000 }, { ...states[1], at: 91_000 }),
      /was on at 00:01:30/,
    ],
    'an entity that stays on': [({ states }) => states.pop(), /is left on/],
    'a cry without an end': [({ hassEvents }) => hassEvents.pop(), /never ended for Home Assistant/],
    'an event that comes twice': [
      ({ hassEvents }) => hassEvents.push({ ...hassEvents[0], at: isoAt(30_000) }),
      /started twice for Home Assistant/,
    ],
    'an answer that is lost': [({ keptAnswers }) => keptAnswers.pop(), /the answer hungry to cot@5000/],
    'an answer that counts twice': [
      ({ lines }) => (lines as object[]).push({ ...lines[2] }),
      /was counted 2 times/,
    ],
    'a note of nothing': [({ notes }) => notes.push({ at: 18_000, time: 'b' }), /notes of 2 of 1 cries/],
    'a note that comes twice': [
      ({ notes }) => notes.push({ at: 30_000, time: 'a' }),
      /another note of the cry at a/,
    ],
    'a note that is lost': [night => (night.notes = []), /notes of 0 of 1 cries/],
  };
  for (const [name, [spoil, finding]] of Object.entries(faults))
    it(`notices ${name}`, () => {
      const night = goodNight();
      spoil(night);
      assert.match(judge(night).wrong.join('\n'), finding);
    });

  it("lets Home Assistant show for a moment what it knew before it lost the broker, and calls a longer one a false 'on'", () => {
    const night = goodNight();
    const crying = 'binary_sensor.mia_crying';
    night.states[1] = { entityId: crying, state: 'unavailable', at: 10_000 };
    night.states.push(
      { entityId: crying, state: 'on', at: 40_000 },
      { entityId: crying, state: 'off', at: 40_300 },
    );
    assert.match(judge(night).wrong.join(), /was on at 00:00:40/);
    night.kills.push({ victim: 'the broker', at: 9000, until: 15_000 });
    assert.deepEqual([judge(night).wrong, judge(night).flashes], [[], 1]);
    night.states[3].at = 41_500;
    assert.match(judge(night).wrong.join(), /was on at 00:00:40/);
  });

  it('lets an event come twice where Home Assistant was killed after it had got it, and then only', () => {
    const night = goodNight();
    night.hassEvents.push({ ...night.hassEvents[0], at: isoAt(30_000) });
    night.kills.push({ victim: 'Home Assistant', at: 6000, until: 12_000 });
    assert.deepEqual([judge(night).wrong, judge(night).again], [[], 1]);
    night.kills[0].at = 4000;
    assert.match(judge(night).wrong.join(), /started twice/);
  });

  it('lets a note come twice where Home Assistant was killed just after the first, and then only', () => {
    const night = goodNight();
    night.notes.push({ at: 30_000, time: 'a' });
    const kill = { victim: 'Home Assistant', at: 18_500, until: 25_000 } as const;
    night.kills.push(kill);
    assert.deepEqual(judge(night).wrong, []);
    night.kills[0] = { ...kill, at: 19_500 };
    assert.match(judge(night).wrong.join(), /another note/);
  });

  it('lets a cry go without a ring that was reported as Node-RED was killed, and no other', () => {
    const night = goodNight();
    (night.pushed as Map<string, []>).set('Ben', []);
    night.kills.push({ victim: 'Node-RED', at: 5500, until: 9000 });
    // The baby goes on crying, and that rings.
    assert.match(judge(night).wrong.join(), /^nobody was called to Mia/);
    assert.equal(judge(night).cutOff, 1);
  });
});
