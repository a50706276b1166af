/**
 * How soon the entities of a real Home Assistant are right: after a cry, after restarts, and after a minute without the
 * broker, which forgets what it retained. Takes three minutes.
 *   node dist/test/bench/entities.js
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CryEvent } from '../../src/values.js';
import { HomeAssistant } from '../home-assistant/home-assistant.js';
import { runFlow, stopFlow } from '../nodes/flow.js';
import { cryAt, HUNGRY } from '../reason/cries.js';
import { until } from '../until.js';

const CRIES = 20;
const RESTARTS = 5;
const PATIENCE_MS = 60_000;
const SETTLE_MS = 500;

async function main(): Promise<void> {
  const home = await HomeAssistant.start();
  const flow = await runFlow([
    { id: 'baby1', type: 'deepinfant-entities', name: 'Mia', broker: 'mqtt', wires: [[], [], []] },
    { id: 'mqtt', type: 'mqtt-broker', broker: '127.0.0.1', port: String(home.broker.port) },
  ]);
  const crying = (state: string): Promise<unknown> =>
    home.untilState('binary_sensor.mia_crying', now => now.state === state, PATIENCE_MS);
  const send = (state: CryEvent['state'], id: number): void => {
    flow.send('baby1', { payload: { ...cryAt(Date.now()), id: `cot@${id}`, state, reason: HUNGRY } });
  };
  /** What all entities show. */
  const shown = async (): Promise<Map<string, string>> =>
    new Map(
      [...(await home.states())].filter(([id]) => id.includes('.mia_')).map(([id, { state }]) => [id, state]),
    );
  /** How long it takes until they show it, in seconds. */
  const untilAll = async (wanted: Map<string, string>): Promise<number> => {
    const beganMs = performance.now();
    const isRight = async (): Promise<boolean> => {
      const now = await shown();
      return [...wanted].every(([id, state]) => now.get(id) === state);
    };
    await until(isRight, 'all entities', PATIENCE_MS);
    return (performance.now() - beganMs) / 1000;
  };
  try {
    await crying('off');
    const delaysS: number[] = [];
    for (let i = 0; i < CRIES; i++) {
      const beganMs = performance.now();
      send('started', i);
      await crying('on');
      delaysS.push((performance.now() - beganMs) / 1000);
      send('ended', i);
      await crying('off');
    }
    tell('cry to binary sensor', delaysS);

    send('started', CRIES);
    await crying('on');
    const restartsS: number[] = [];
    let count = 0;
    for (let i = 0; i < RESTARTS; i++) {
      // As a detector does while a cry goes on.
      send('ongoing', CRIES);
      await sleep(SETTLE_MS);
      const wanted = await shown();
      count = wanted.size;
      await home.restart();
      restartsS.push(await untilAll(wanted));
    }
    tell(`restart of Home Assistant to all ${count} entities, from when it says that it runs`, restartsS);

    send('ended', CRIES);
    await crying('off');
    await home.broker.stop();
    await sleep(60_000);
    await home.broker.start();
    const beganMs = performance.now();
    send('started', CRIES + 1);
    await crying('on');
    const delayS = (performance.now() - beganMs) / 1000;
    tell('cry to binary sensor, when the broker is back after a minute', [delayS]);
  } finally {
    await stopFlow();
    await home.stop();
  }
}

function tell(what: string, seconds: number[]): void {
  const sorted = seconds.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `${what}: ${median.toFixed(3)} s, at most ${sorted.at(-1)!.toFixed(3)} s (${sorted.length} times)`,
  );
}

void main();
