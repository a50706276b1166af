import assert from 'node:assert/strict';
import { DeepInfantError } from '../../src/errors.js';
import { readCommand } from '../../src/baby/commands.js';

const NOW = Date.UTC(2026, 0, 31, 12);
const AT = NOW - 3_600_000;
const ISO = new Date(AT).toISOString();
const LOCAL_TIME = new Date(AT).toTimeString().slice(0, 8);

const tell = (fact: object): object => ({ do: 'add-fact', fact });
const feed = tell({ kind: 'feed', at: AT, id: `feed@${AT}` });

/** What 'events: state' of node-red-contrib-home-assistant-websocket sends, with `topic` set to a kind in its dialog. */
function stateChanged(topic: string, before: unknown, state: unknown, attributes: object = {}): object {
  const entity_id = 'input_button.fed';
  return {
    topic,
    payload: state,
    data: {
      entity_id,
      old_state: before === null ? null : { entity_id, state: before, attributes },
      new_state: { entity_id, state, attributes, last_changed: ISO, last_updated: ISO },
    },
  };
}

/** A wall clock's hours and minutes in this process's zone. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
}

describe('what messages tell', () => {
  const forms: Record<string, [message: object, told: object]> = {
    'a topic and ms': [{ topic: 'feed', payload: AT }, feed],
    'a topic and ms as text': [{ topic: 'feed', payload: String(AT) }, feed],
    'a topic and a Date': [{ topic: 'feed', payload: new Date(AT) }, feed],
    'a topic and an ISO time': [{ topic: 'feed', payload: ISO }, feed],
    'a topic and an object': [{ topic: 'feed', payload: { at: AT } }, feed],
    'an object': [{ payload: { kind: 'feed', at: AT } }, feed],
    'a topic in capitals and a time of the day': [{ topic: 'Feed', payload: timeOfDay(AT) }, feed],
    'a kind in capitals and a time of the day': [
      { payload: { kind: ' FEED ', at: ` ${timeOfDay(AT)} ` } },
      feed,
    ],
    'a time of the day that is still ahead, as yesterday’s': [
      { topic: 'feed', payload: timeOfDay(NOW + 2 * 3_600_000) },
      tell({ kind: 'feed', at: NOW - 22 * 3_600_000, id: `feed@${NOW - 22 * 3_600_000}` }),
    ],
    'a time of the day by a clock that is a little ahead': [
      { topic: 'feed', payload: timeOfDay(NOW + 60_000) },
      tell({ kind: 'feed', at: NOW + 60_000, id: `feed@${NOW + 60_000}` }),
    ],
    'an answer in capitals': [
      { topic: 'Answer', payload: 'Hungry' },
      { do: 'answer', reason: 'hungry', at: NOW },
    ],
    'an answer with an underscore': [
      { payload: { answer: 'Belly_pain', cry: 'cot@1', at: ISO } },
      { do: 'answer', reason: 'belly pain', cry: 'cot@1', at: AT },
    ],
    'a withdrawal in capitals': [
      { topic: 'Withdraw', payload: 'Feed' },
      { do: 'withdraw-fact', kind: 'feed' },
    ],
    'an object with an id': [
      { payload: { kind: 'feed', at: AT, id: 'f1' } },
      tell({ kind: 'feed', at: AT, id: 'f1' }),
    ],
    'a topic alone, as now': [
      { topic: 'burp', payload: '' },
      tell({ kind: 'burp', at: NOW, id: `burp@${NOW}` }),
    ],
    'a temperature': [
      { topic: 'temperature', payload: '38.2' },
      tell({ kind: 'temperature', at: NOW, id: `temperature@${NOW}`, celsius: 38.2 }),
    ],
    'a temperature in Fahrenheit': [
      { payload: { kind: 'temperature', celsius: 100.4, at: AT } },
      tell({ kind: 'temperature', at: AT, id: `temperature@${AT}`, celsius: 38 }),
    ],
    'an answer': [
      { topic: 'answer', payload: 'hungry' },
      { do: 'answer', reason: 'hungry', at: NOW },
    ],
    'an answer about a cry': [
      { payload: { answer: 'belly pain', cry: 'cot@1', at: ISO } },
      { do: 'answer', reason: 'belly pain', cry: 'cot@1', at: AT },
    ],
    'an answer as its own object': [
      { topic: 'answer', payload: { answer: 'tired', cry: 'cot@1' } },
      { do: 'answer', reason: 'tired', cry: 'cot@1', at: NOW },
    ],
    'an answer about one of several babies': [
      { topic: 'answer', payload: 'tired', baby: 'Mia' },
      { do: 'answer', reason: 'tired', at: NOW, baby: 'Mia' },
    ],
    'whose cry it was': [
      { topic: 'answer', payload: { baby: 'Mia', cry: 'cot@1' } },
      { do: 'answer', cry: 'cot@1', at: NOW, baby: 'Mia' },
    ],
    'a feed of one of several babies': [
      { payload: { kind: 'feed', at: AT, baby: 'Mia' } },
      { ...feed, baby: 'Mia' },
    ],
    'no answer any more': [{ topic: 'withdraw', payload: '' }, { do: 'withdraw-answer' }],
    'no answer about a cry': [
      { payload: { withdraw: 'answer', cry: 'cot@1' } },
      { do: 'withdraw-answer', cry: 'cot@1' },
    ],
    'the last feed withdrawn': [
      { topic: 'withdraw', payload: 'feed' },
      { do: 'withdraw-fact', kind: 'feed' },
    ],
    'a feed withdrawn by its time': [
      { payload: { withdraw: 'feed', at: ISO } },
      { do: 'withdraw-fact', kind: 'feed', id: `feed@${AT}` },
    ],
    'a feed withdrawn by its id': [
      { payload: { withdraw: 'feed', id: 'f1' } },
      { do: 'withdraw-fact', kind: 'feed', id: 'f1' },
    ],
    'who answered': [
      { payload: { answer: 'tired', by: 'Anna' } },
      { do: 'answer', reason: 'tired', at: NOW, by: 'Anna' },
    ],
    'that all is to be forgotten': [{ topic: 'forget', payload: 'everything' }, { do: 'forget' }],
    'an export': [{ topic: 'export', payload: 0 }, { do: 'export' }],
    'an import': [
      { topic: 'import', payload: '{"version":1}' },
      { do: 'import', memory: { version: 1 } },
    ],
  };
  for (const [name, [message, told]] of Object.entries(forms)) {
    it(name, () => {
      assert.deepEqual(readCommand(message, NOW), told);
    });
  }

  const nothing = { do: 'nothing' };
  const fromHome: Record<string, [message: object, told: object]> = {
    'an input_button that is pressed': [stateChanged('feed', '2026-01-30T08:00:00+00:00', ISO), feed],
    'an input_button for the first time': [stateChanged('feed', 'unknown', ISO), feed],
    'an input_datetime, whose state is local time': [
      stateChanged('feed', '2026-01-31 06:00:00', '2026-01-31 07:00:00', { timestamp: AT / 1000 }),
      feed,
    ],
    'an input_datetime without a date': [
      stateChanged('feed', '06:00:00', LOCAL_TIME, { has_date: false, timestamp: 27_000 }),
      feed,
    ],
    'an input_datetime that is away': [
      stateChanged('feed', '06:00:00', 'unknown', { has_date: false }),
      nothing,
    ],
    'a counter that goes up': [stateChanged('feed', '9', '10'), feed],
    'a counter that the node made a number': [stateChanged('feed', 9, 10), feed],
    'a counter that is set back': [stateChanged('feed', '9', '0'), nothing],
    'a switch that goes on': [stateChanged('feed', 'off', 'on'), feed],
    'a switch that goes off': [stateChanged('feed', 'on', 'off'), nothing],
    'a switch for sleep that goes off': [
      stateChanged('sleep', 'on', 'off'),
      tell({ kind: 'wake', at: AT, id: `wake@${AT}` }),
    ],
    'a switch that comes back on': [stateChanged('sleep', 'unavailable', 'on'), nothing],
    'a switch that goes away': [stateChanged('sleep', 'on', 'unavailable'), nothing],
    'a new switch': [stateChanged('sleep', null, 'on'), nothing],
    'a switch that stays on': [stateChanged('sleep', 'on', 'on'), nothing],
    'a thermometer': [
      stateChanged('room', '20.9', '21.5', { unit_of_measurement: '°C' }),
      tell({ kind: 'room', at: AT, id: `room@${AT}`, celsius: 21.5 }),
    ],
    'a thermometer in Fahrenheit': [
      stateChanged('room', '40', '41', { unit_of_measurement: '°F' }),
      tell({ kind: 'room', at: AT, id: `room@${AT}`, celsius: 5 }),
    ],
    'a thermometer that is away': [stateChanged('room', '20.9', 'unavailable'), nothing],
    'an event': [
      { topic: 'feed', payload: { event_type: 'tag_scanned', event: { tag_id: 'bottle' }, time_fired: ISO } },
      feed,
    ],
  };
  for (const [name, [message, told]] of Object.entries(fromHome)) {
    it(`Home Assistant: ${name}`, () => {
      assert.deepEqual(readCommand(message, NOW), told);
    });
  }

  const wrong: Record<string, [message: object, code: string, text: RegExp]> = {
    'an entity without a kind': [stateChanged('input_button.fed', '1', '2'), 'not-told', /msg.topic feed/],
    'nothing at all': [{}, 'not-told', /neither a cry event/],
    null: [{ topic: 'feed', payload: { at: null, kind: null } }, 'not-told', /msg.topic feed/],
    'a number that is no time': [
      { topic: 'feed', payload: 'after lunch' },
      'context',
      /'after lunch' is not a time/,
    ],
    'a day in 2001': [{ topic: 'feed', payload: '5' }, 'context', /'5' is not a time/],
    'a list as a time': [{ topic: 'feed', payload: { at: [1] } }, 'context', /\[ 1 \] is not a time/],
    'a hostile time': [
      { topic: 'feed', payload: { at: 'x'.repeat(1e6) } },
      'context',
      /^.{0,200}is not a time.{0,100}$/,
    ],
    'an id that is no text': [{ payload: { kind: 'feed', id: {} } }, 'context', /id is {}/],
    'an unknown answer': [
      { topic: 'answer', payload: 'bored' },
      'answer',
      /'bored' is not an answer: send hungry/,
    ],
    'no answer': [{ topic: 'answer' }, 'answer', /The answer is empty: send hungry/],
    'an answer from the future': [
      { payload: { answer: 'tired', at: NOW + 3_600_000 } },
      'context',
      /'answer' is 1 h ahead of this computer's clock/,
    ],
    'who answered that is not text': [{ payload: { answer: 'tired', by: 5 } }, 'answer', /by is 5/],
    'an answer that refers to itself': [
      { topic: 'answer', payload: Object.assign([], { answer: Object.assign({}, { 0: 1n }) }) },
      'answer',
      /answer is empty/,
    ],
    'a cry that is no text': [{ payload: { answer: 'tired', cry: 5 } }, 'answer', /cry is 5/],
    'a baby that is no name': [
      { topic: 'feed', payload: AT, baby: 7 },
      'not-told',
      /baby is 7: send it as text/,
    ],
    'to forget something': [{ topic: 'forget', payload: '' }, 'not-told', /send 'everything'/],
    'to withdraw something else': [{ topic: 'withdraw', payload: 'bath' }, 'not-told', /'bath' cannot/],
    'an import that is no JSON': [{ topic: 'import', payload: '{' }, 'memory', /not JSON/],
  };
  for (const [name, [message, code, text]] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => readCommand(message, NOW),
        (error: unknown) =>
          error instanceof DeepInfantError && error.code === code && text.test(error.message),
      );
    });
  }
});
