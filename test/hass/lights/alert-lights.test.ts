import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HassEntity } from 'home-assistant-js-websocket' with { 'resolution-mode': 'import' };
import { AlertLights } from '../../../src/hass/lights/alert-lights.js';
import { HassConnection } from '../../../src/hass/connection.js';
import type { LightLook } from '../../../src/hass/lights/light-look.js';
import { Bulb } from '../../home-assistant/bulb.js';
import { homeAssistantOfSuite } from '../../home-assistant/home-assistant.js';
import { until } from '../../until.js';

const ORANGE: LightLook = { rgb: [255, 110, 0], dim: 60, bright: 180 };
const RED: LightLook = { rgb: [255, 0, 0], dim: 60, bright: 180 };
/** Time for what must not happen. */
const MOMENT_MS = 600;

describe('AlertLights', function () {
  this.timeout(60_000);
  const home = homeAssistantOfSuite(
    () => `
light:
  - platform: group
    name: Nursery
    unique_id: nursery
    entities: [light.colour, light.white]
`,
  );
  let folder: string;
  let file: string;
  let hass: HassConnection;
  let colour: Bulb;
  let white: Bulb;
  let plug: Bulb;
  let lights: AlertLights;
  const reported: string[] = [];

  before(async () => {
    const { broker } = home();
    colour = await Bulb.plugIn(broker, 'colour', ['hs', 'color_temp']);
    white = await Bulb.plugIn(broker, 'white', ['brightness']);
    plug = await Bulb.plugIn(broker, 'plug', ['onoff']);
  });
  after(async () => {
    for (const bulb of [colour, white, plug]) await bulb.unplug();
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    file = path.join(folder, 'deeper', 'lights.json');
    reported.length = 0;
    await colour.change({ state: 'ON', brightness: 100, color: { h: 120, s: 40 }, color_mode: 'hs' });
    await white.change({ state: 'OFF', brightness: 200 });
    await plug.change({ state: 'OFF' });
    await home().untilState('light.colour', ({ attributes }) => attributes.brightness === 100);
    await home().untilState('light.white', ({ state }) => state === 'off');
    await home().untilState('light.plug', ({ state }) => state === 'off');
    lights = open();
  });
  afterEach(async () => {
    await lights.stop();
    await hass.stop();
    rmSync(folder, { recursive: true });
  });

  function open(ids = ['light.colour', 'light.white', 'light.plug'], pulse = false): AlertLights {
    hass = new HassConnection({ url: home().url, token: home().token });
    hass.start();
    const opened = new AlertLights({
      hass,
      lights: ids,
      pulse,
      file,
      report: error => reported.push(String(error)),
    });
    opened.start();
    return opened;
  }

  const isAlert = (bulb: Bulb): boolean =>
    bulb.state.state === 'ON' && bulb.state.brightness === ORANGE.bright;
  async function untilAlert(): Promise<void> {
    await until(
      () => [colour, white].every(isAlert) && plug.state.state === 'ON',
      () => JSON.stringify([colour.state, white.state, plug.state, reported]),
    );
    // Home Assistant knows it, too.
    for (const id of ['light.colour', 'light.white'])
      await home().untilState(id, ({ attributes }) => attributes.brightness === ORANGE.bright);
    await home().untilState('light.plug', ({ state }) => state === 'on');
  }
  async function untilRestored(): Promise<void> {
    await until(
      () => colour.state.brightness === 100 && white.state.state === 'OFF' && plug.state.state === 'OFF',
      () => JSON.stringify([colour.state, white.state, plug.state, reported]),
    );
  }

  /** What is on disk, without its envelope. */
  const kept = (): string =>
    JSON.stringify((JSON.parse(readFileSync(file, 'utf8')) as { content: unknown }).content);

  /** Comes back when it knows that somebody changed a light. */
  async function untilLeftAlone(id: string): Promise<void> {
    await until(
      () => !kept().includes(id),
      () => `${id} left alone: ${kept()}`,
    );
  }

  it('shows an alert as each light can, and brings all back', async () => {
    lights.show(ORANGE);
    await untilAlert();
    assert.ok(Math.abs(colour.state.color!.h - 26) < 2, JSON.stringify(colour.state));
    assert.deepEqual(white.commands.at(-1), { state: 'ON', brightness: ORANGE.bright });
    assert.deepEqual(plug.commands.at(-1), { state: 'ON' });
    lights.show(null);
    await untilRestored();
    assert.deepEqual(colour.state, {
      state: 'ON',
      brightness: 100,
      color: { h: 120, s: 40 },
      color_mode: 'hs',
    });
    await until(() => kept() === '{}', 'nothing kept');
    assert.deepEqual(reported, []);
  });

  it('brings back a colour temperature', async () => {
    await colour.change({ color_mode: 'color_temp', color_temp: 300, color: undefined, brightness: 90 });
    await home().untilState('light.colour', ({ attributes }) => attributes.color_mode === 'color_temp');
    lights.show(ORANGE);
    await untilAlert();
    lights.show(null);
    await until(() => colour.state.brightness === 90, 'restored');
    assert.equal(colour.state.color_mode, 'color_temp');
    assert.ok(Math.abs(colour.state.color_temp! - 300) <= 1);
  });

  it('brings back lamps that report late, when the next alert begins before they did', async () => {
    lights.show(ORANGE);
    await untilAlert();
    for (const bulb of [colour, white, plug]) bulb.slownessMs = 500;
    try {
      lights.show(null);
      await untilRestored();
      lights.show(RED);
      const isRed = ({ attributes }: HassEntity): boolean => (attributes.hs_color as number[])[0] === 0;
      await home().untilState('light.colour', isRed);
      await home().untilState('light.white', ({ attributes }) => attributes.brightness === RED.bright);
      lights.show(null);
      await home().untilState('light.colour', ({ attributes }) => attributes.brightness === 100);
      await home().untilState('light.white', ({ state }) => state === 'off');
      await home().untilState('light.plug', ({ state }) => state === 'off');
    } finally {
      for (const bulb of [colour, white, plug]) bulb.slownessMs = 0;
    }
    assert.deepEqual(reported, []);
  });

  it('changes its look without forgetting what was before', async () => {
    lights.show(ORANGE);
    lights.show(RED);
    await untilAlert();
    await until(() => colour.state.color!.h < 2, 'red');
    lights.show(null);
    await untilRestored();
    assert.equal(colour.state.color!.h, 120);
  });

  it('pulses gently, and only what can be dimmed', async () => {
    await lights.stop();
    await hass.stop();
    lights = open(undefined, true);
    lights.show(ORANGE);
    await untilAlert();
    const told = plug.commands.length;
    await until(() => white.state.brightness === ORANGE.dim, 'dim');
    assert.ok(white.commands.at(-1)!.transition! >= 1);
    await until(() => white.state.brightness === ORANGE.bright, 'bright again');
    assert.equal(plug.commands.length, told);
    lights.show(null);
    await untilRestored();
    const { length } = white.commands;
    await sleep(3000);
    assert.equal(white.commands.length, length, 'still pulses');
  });

  it('leaves a light alone that somebody switched, until the next alert', async () => {
    lights.show(ORANGE);
    await untilAlert();
    await colour.change({ state: 'OFF' });
    await untilLeftAlone('light.colour');
    lights.show(RED);
    await until(() => plug.commands.length > 0 && isAlert(white), 'the others');
    await sleep(MOMENT_MS);
    assert.equal(colour.state.state, 'OFF');
    lights.show(null);
    await until(() => white.state.state === 'OFF', 'the others restored');
    await sleep(MOMENT_MS);
    assert.equal(colour.state.state, 'OFF');
    lights.show(ORANGE);
    await untilAlert();
  });

  it('leaves a light alone that somebody set to much the same in Home Assistant', async () => {
    lights.show(ORANGE);
    await untilAlert();
    await home().call('light.turn_on', { entity_id: 'light.white', brightness: 170 });
    await untilLeftAlone('light.white');
    lights.show(null);
    await until(() => colour.state.brightness === 100, 'the others restored');
    await sleep(MOMENT_MS);
    assert.deepEqual([white.state.state, white.state.brightness], ['ON', 170]);
  });

  it('leaves a light alone that somebody switched off soon after another alert', async () => {
    lights.show(ORANGE);
    await untilAlert();
    lights.show(null);
    await untilRestored();
    for (const id of ['light.white', 'light.plug'])
      await home().untilState(id, ({ state }) => state === 'off');
    lights.show(ORANGE);
    await untilAlert();
    await white.change({ state: 'OFF' });
    await untilLeftAlone('light.white');
  });

  it('restores what a killed run left behind, and leaves alone what was changed since', async () => {
    lights.show(ORANGE);
    await untilAlert();
    // As good as killed: it can do no more.
    await hass.stop();
    await white.change({ state: 'ON', brightness: 255 });
    const before = kept();
    await lights.stop();
    assert.equal(kept(), before);
    // A light that is not set up any more is restored, too.
    lights = open(['light.white', 'light.plug']);
    await until(
      () => colour.state.brightness === 100 && plug.state.state === 'OFF',
      () => JSON.stringify([colour.state, plug.state, before, kept(), reported]),
    );
    await until(() => kept() === '{}', 'nothing kept');
    assert.equal(white.state.brightness, 255);
    assert.equal(colour.state.color!.h, 120);
  });

  it('has written what was before when it touches a light', async () => {
    const seen: string[] = [];
    const call = hass.call.bind(hass);
    hass.call = (action, data) => {
      seen.push(kept());
      return call(action, data);
    };
    lights.show(ORANGE);
    await untilAlert();
    assert.deepEqual(Object.keys(JSON.parse(seen[0]) as object).sort(), [
      'light.colour',
      'light.plug',
      'light.white',
    ]);
  });

  it('restores a light that was out of reach when the alert ended', async () => {
    lights.show(ORANGE);
    await untilAlert();
    await colour.setAvailable(false);
    await home().untilState('light.colour', ({ state }) => state === 'unavailable');
    lights.show(null);
    await until(() => white.state.state === 'OFF', 'the others restored');
    await colour.setAvailable(true);
    await until(() => colour.state.brightness === 100, 'restored');
  });

  it('alerts with a light that comes into reach later, and says which it does not know', async () => {
    await lights.stop();
    await hass.stop();
    await colour.setAvailable(false);
    await home().untilState('light.colour', ({ state }) => state === 'unavailable');
    lights = open(['light.colour', 'light.nowhere']);
    await until(() => hass.health.state === 'connected', 'connected');
    await sleep(MOMENT_MS);
    lights.show(ORANGE);
    assert.deepEqual(reported, ['DeepInfantError: Home Assistant does not know light.nowhere.']);
    await colour.setAvailable(true);
    await until(() => isAlert(colour), 'alert');
    lights.show(null);
    await until(() => colour.state.brightness === 100, 'restored');
  });

  it('restores over a restart of Home Assistant in the middle of an alert that ended meanwhile', async () => {
    lights.show(ORANGE);
    await untilAlert();
    const back = home().restart({ offMs: 500 });
    await until(() => hass.health.state !== 'connected', 'disconnected');
    lights.show(null);
    await back;
    await untilRestored();
    assert.deepEqual(reported, []);
  });

  it('goes on over a restart of Home Assistant', async () => {
    lights.show(ORANGE);
    await untilAlert();
    await home().restart({ signal: 'SIGKILL' });
    await home().untilState('light.plug', ({ state }) => state === 'on');
    await until(() => hass.health.state === 'connected', 'connected');
    lights.show(RED);
    await until(() => colour.state.color!.h < 2, 'red');
    lights.show(null);
    await untilRestored();
  });

  describe('with two alerts on one lamp', () => {
    let other: AlertLights;
    let otherHass: HassConnection;
    function openOther(): void {
      otherHass = new HassConnection({ url: home().url, token: home().token });
      otherHass.start();
      other = new AlertLights({
        hass: otherHass,
        lights: ['light.colour'],
        pulse: false,
        file: path.join(folder, 'other.json'),
        report: error => reported.push(String(error)),
      });
      other.start();
    }
    beforeEach(async () => {
      openOther();
      await until(() => otherHass.health.state === 'connected', 'connected');
    });
    afterEach(async () => {
      await other.stop();
      await otherHass.stop();
    });
    const isRed = (): boolean => colour.state.color!.h < 2 && colour.state.state === 'ON';

    for (const order of ['the first', 'the second'])
      it(`brings it back when both are over, ${order} one first`, async () => {
        lights.show(ORANGE);
        await untilAlert();
        other.show(RED);
        await until(isRed, 'red');
        await sleep(MOMENT_MS);
        if (order === 'the first') {
          lights.show(null);
          await until(() => white.state.state === 'OFF', 'the others restored');
          await sleep(MOMENT_MS);
          assert.ok(isRed(), 'the second alert goes on');
          other.show(null);
        } else {
          other.show(null);
          await until(
            () => Math.abs(colour.state.color!.h - 26) < 2,
            () => JSON.stringify(colour.state),
          );
          assert.equal(colour.state.brightness, ORANGE.bright);
          await sleep(MOMENT_MS);
          lights.show(null);
        }
        await untilRestored();
        assert.deepEqual(colour.state.color, { h: 120, s: 40 });
        assert.deepEqual(reported, []);
      });

    for (const order of ['the first', 'the second'])
      it(`brings it back after both were killed, ${order} one connected first`, async () => {
        lights.show(ORANGE);
        await untilAlert();
        other.show(RED);
        await until(isRed, 'red');
        await sleep(MOMENT_MS);
        // As good as killed: they can do no more.
        await Promise.all([hass.stop(), otherHass.stop()]);
        await Promise.all([lights.stop(), other.stop()]);
        const holdBack = (slow: HassConnection): void => {
          const ask = slow.subscribe.bind(slow);
          slow.subscribe = (...request: Parameters<typeof ask>) => {
            const begun = setTimeout(() => ask(...request), MOMENT_MS);
            return () => {
              clearTimeout(begun);
            };
          };
        };
        const prototype: () => void = Reflect.get(HassConnection.prototype, 'start');
        let count = 0;
        HassConnection.prototype.start = function (this: HassConnection) {
          if (++count === (order === 'the first' ? 2 : 1)) holdBack(this);
          prototype.call(this);
        };
        lights = open();
        openOther();
        HassConnection.prototype.start = prototype;
        await untilRestored();
        assert.deepEqual(colour.state.color, { h: 120, s: 40 });
      });
  });

  it('brings back each member of a group, not their mean', async () => {
    await lights.stop();
    await hass.stop();
    await white.change({ state: 'ON', brightness: 20 });
    await home().untilState('light.white', ({ attributes }) => attributes.brightness === 20);
    await home().untilState('light.nursery', ({ state }) => state === 'on');
    lights = open(['light.nursery']);
    await until(() => hass.health.state === 'connected', 'connected');
    await sleep(MOMENT_MS);
    lights.show(ORANGE);
    await until(
      () => isAlert(colour) && isAlert(white),
      () => JSON.stringify([colour.state, white.state, reported]),
    );
    for (const id of ['light.colour', 'light.white'])
      await home().untilState(id, ({ attributes }) => attributes.brightness === ORANGE.bright);
    lights.show(null);
    await until(
      () => colour.state.brightness === 100 && white.state.brightness === 20,
      () => JSON.stringify([colour.state, white.state, reported]),
    );
  });

  it('ends the effect of a strip, and brings it back', async () => {
    await colour.change({ effect: 'Rainbow' });
    await home().untilState('light.colour', ({ attributes }) => attributes.effect === 'Rainbow');
    lights.show(ORANGE);
    await untilAlert();
    assert.equal(colour.state.effect, 'Solid');
    lights.show(null);
    await untilRestored();
    assert.equal(colour.state.effect, 'Rainbow');
    await colour.change({ effect: 'Solid' });
  });

  it('leaves a lamp that was off with the colour that it had', async () => {
    await colour.change({ state: 'OFF', effect: 'Solid' });
    await home().untilState('light.colour', ({ state }) => state === 'off');
    lights.show(RED);
    await until(() => colour.state.color!.h < 2 && colour.state.state === 'ON', 'red');
    lights.show(null);
    await until(() => colour.state.state === 'OFF', 'off');
    assert.deepEqual(colour.state.color, { h: 120, s: 40 });
  });

  it('reports a file that it cannot read, and works all the same', async () => {
    lights.show(ORANGE);
    await untilAlert();
    lights.show(null);
    await untilRestored();
    await lights.stop();
    await hass.stop();
    assert.ok(existsSync(file));
    writeFileSync(file, '{"light.white":');
    lights = open();
    assert.match(reported[0], /lights\.json is damaged: .* is kept as /);
    await until(() => hass.health.state === 'connected', 'connected');
    lights.show(ORANGE);
    await untilAlert();
  });
});
