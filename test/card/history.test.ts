import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import type { Hass } from '../../src/card/hass.js';
import { EntityHistory } from '../../src/card/history.js';

const ID = 'binary_sensor.crying';

describe("The card's history", () => {
  let history: EntityHistory;
  /** How Home Assistant answers when it is asked for history; undefined: it knows no such command. */
  let told: { s: string; lu: number }[] | undefined;
  /** It answers, but keeps nothing of this entity. */
  let tellNone: boolean;
  let asked: number;
  let tell: (message: object) => void;

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'] });
    asked = 0;
    tellNone = false;
    history = new EntityHistory(() => undefined);
  });
  afterEach(() => {
    mock.timers.reset();
  });

  async function follow(connected = true): Promise<void> {
    const subscribeMessage: Hass['connection']['subscribeMessage'] = (hear, _command, { resubscribe }) => {
      assert.equal(resubscribe, false);
      asked++;
      if (tellNone) {
        hear({ states: {} });
        return Promise.resolve(() => Promise.resolve());
      }
      if (told === undefined) return Promise.reject(new Error('unknown command'));
      tell = hear;
      hear({ states: { [ID]: told } });
      return Promise.resolve(() => Promise.resolve());
    };
    history.follow({ connected, connection: { subscribeMessage } } as unknown as Hass, [ID], 0);
    await settled();
  }

  it('is asked for once, and goes on from there', async () => {
    told = [{ s: 'off', lu: 1 }];
    await follow();
    tell({ states: { [ID]: [{ s: 'on', lu: 2 }] } });
    mock.timers.tick(60_000);
    await follow();
    assert.equal(asked, 1);
    assert.deepEqual(
      history.of(ID).map(({ s }) => s),
      ['off', 'on'],
    );
  });

  it('is asked for again and again while Home Assistant, just started, knows none yet', async () => {
    told = [{ s: 'off', lu: 1 }];
    await follow();
    await follow(false);
    told = undefined;
    await follow();
    await follow();
    assert.equal(asked, 2);
    assert.equal(history.state, 'here', 'what was known is still shown');
    mock.timers.tick(10_000);
    told = [
      { s: 'off', lu: 1 },
      { s: 'on', lu: 3 },
    ];
    await follow();
    assert.equal(asked, 3);
    assert.deepEqual(
      history.of(ID).map(({ lu }) => lu),
      [1, 3],
    );
  });

  it('is missing where Home Assistant keeps none', async () => {
    told = undefined;
    await follow();
    assert.equal(history.state, 'refused', 'it may only have started');
    mock.timers.tick(10_000);
    tellNone = true;
    await follow();
    assert.equal(history.state, 'missing');
  });
});
