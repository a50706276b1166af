/** Servers that reply with anything. */
import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { findFrigateStreams } from '../../src/audio/cameras/frigate.js';
import { findGo2rtcStreams } from '../../src/audio/cameras/go2rtc.js';
import { BabyBuddy } from '../../src/baby/baby-buddy.js';
import { DeepInfantError } from '../../src/errors.js';
import { HassConnection } from '../../src/hass/connection.js';
import { afterEvent, ENTITIES_EVENT, type EntityState } from '../../src/hass/entity-states.js';
import { listCameras, listLights, listPhones } from '../../src/hass/offers.js';
import { entries } from '../../src/unknown-data.js';
import { FakeHomeAssistant } from '../hass/fake-home-assistant.js';
import { until } from '../until.js';
import { anything, damaged, damagedText } from './inputs.js';
import { target, type Target } from './target.js';

const GO2RTC = {
  streams: { nursery: { producers: [{ medias: ['video, recvonly, H264', 'audio, recvonly, PCMA/8000'] }] } },
  api: { rtsp: { listen: ':8554' } },
};
const FRIGATE = {
  cameras: { nursery: { friendly_name: 'Nursery' } },
  go2rtc: { streams: { nursery: ['rtsp://10.0.0.8'] }, rtsp: { listen: ':8554' } },
};
const BABY_BUDDY = {
  children: [{ id: 1, slug: 'mia', first_name: 'Mia', last_name: 'M' }],
  feedings: [{ id: 2, start: new Date().toISOString() }],
  sleep: [{ id: 3, start: new Date().toISOString(), end: new Date().toISOString() }],
  temperature: [{ id: 4, time: new Date().toISOString(), temperature: 37.5 }],
};

/** What go2rtc, Frigate and Baby Buddy answer over HTTP. */
export function httpAnswers(): Target<unknown> {
  let server: Server;
  let host = '';
  let answers: Record<string, unknown> = {};
  let raw: string | undefined;
  const { signal } = new AbortController();
  const uses: Record<string, (value: Record<string, unknown>) => Promise<unknown>> = {
    go2rtc: ({ streams, api }) => {
      answers = { '/api/streams': streams, '/api': api };
      return findGo2rtcStreams(host, signal);
    },
    frigate: config => {
      answers = { '/api/config': config, '/api/go2rtc/streams': config.cameras };
      return findFrigateStreams(host, signal);
    },
    'Baby Buddy': lists => {
      const pages = entries(lists).map(([name, results]): [string, object] => [
        `/api/${name}/`,
        { results, next: null },
      ]);
      answers = { '/api/': lists, ...Object.fromEntries(pages) };
      return pollOnce(`http://${host}/`);
    },
  };
  const good: Record<string, object> = { go2rtc: GO2RTC, frigate: FRIGATE, 'Baby Buddy': BABY_BUDDY };
  return target({
    open: async () => {
      server = createServer((request, response) => {
        const [asked] = (request.url ?? '').split('?');
        response.setHeader('content-type', 'application/json');
        response.end(raw ?? JSON.stringify(answers[asked] ?? null));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    inputs: fc.constantFrom(...Object.keys(uses)).chain(name =>
      fc.record({
        name: fc.constant(name),
        value: damaged(fc.constant(good[name])),
        raw: fc.option(damagedText(JSON.stringify(good[name])), { nil: undefined, freq: 5 }),
      }),
    ),
    run: async ({ name, value, raw: sent }) => {
      raw = sent;
      await uses[name](Object(value) as Record<string, unknown>);
    },
    close: () => server.close(),
  });
}

/** Asks a Baby Buddy once. @throws DeepInfantError with what its health says; what is thrown in it ends the thread */
async function pollOnce(url: string): Promise<void> {
  let settle: (trouble?: string) => void = () => undefined;
  const settled = new Promise<string | undefined>(resolve => (settle = resolve));
  const buddy = new BabyBuddy(
    { url, token: 'abc', child: '' },
    {
      receiveFacts: () => undefined,
      receiveHealth: health => {
        if (health.state !== 'connecting') settle('error' in health ? health.error : undefined);
      },
    },
  );
  buddy.start();
  const trouble = await settled;
  await buddy.stop();
  if (trouble === undefined) return;
  if (RAW.test(trouble)) throw new Error(trouble);
  throw new DeepInfantError('baby-buddy', trouble);
}

/** Errors of JavaScript that say nothing to a person. */
export const RAW =
  /\b(Type|Range|Reference|Syntax|URI)Error\b|is not a function|Cannot read prop|is not iterable/;

const ENTITIES = { a: { 'light.lamp': { s: 'on', a: { brightness: 100 }, c: 'x' } } };
const CHANGES = { c: { 'light.lamp': { '+': { s: 'off', c: { id: 'y' } }, '-': { a: ['brightness'] } } } };
const STATES = [
  { entity_id: 'light.lamp', attributes: { friendly_name: 'Lamp' } },
  { entity_id: 'camera.cot', attributes: { supported_features: 2 } },
];

/** What Home Assistant sends over its websocket: events, replies, and texts that are neither. */
export function homeAssistantSocket(): Target<unknown> {
  let home: FakeHomeAssistant;
  let hass: HassConnection;
  let sent = 0;
  let arrived: (mark: number) => void = () => undefined;
  let states: ReadonlyMap<string, EntityState> = new Map();
  const report = (error: unknown): void => {
    if (!(error instanceof DeepInfantError)) throw error;
  };
  return target({
    open: async () => {
      // The library says there what it does not expect; of this thread alone.
      console.warn = () => undefined;
      home = await FakeHomeAssistant.start();
      hass = new HassConnection({ url: home.url, token: 'abc' }, report);
      hass.start();
      const marks = v.object({ mark: v.number() });
      hass.subscribe(
        { type: 'subscribe_events', event_type: 'mark' },
        marks,
        ({ mark }) => {
          arrived(mark);
        },
        report,
      );
      hass.subscribe(
        { type: 'subscribe_entities' },
        ENTITIES_EVENT,
        event => {
          states = afterEvent(states, event);
        },
        report,
      );
      await until(() => home.isSubscribed('mark') && home.isSubscribed('subscribe_entities'), 'subscribed');
    },
    inputs: fc.record({
      event: fc.oneof(damaged(fc.constantFrom(ENTITIES, CHANGES)), anything),
      reply: fc.oneof(damaged(fc.constantFrom<object>(STATES, { notify: { phone: {} } })), anything),
      text: fc.option(damagedText('{"id":2,"type":"event","event":{"a":{}}}', '[{"id":1}]'), { freq: 3 }),
    }),
    run: async ({ event, reply, text }) => {
      home.sendEvent('subscribe_entities', event);
      if (text !== null) home.send(text);
      Object.assign(home.replies, { get_states: reply, get_services: reply });
      const offers = await Promise.allSettled([listLights(hass), listCameras(hass), listPhones(hass)]);
      const mark = ++sent;
      const isThere = new Promise<void>(resolve => {
        arrived = last => {
          if (last === mark) resolve();
        };
      });
      // A good event after it.
      home.sendEvent('mark', { mark });
      await isThere;
      if (hass.health.state !== 'connected') throw new Error(`it is ${hass.health.state}`);
      for (const offer of offers) if (offer.status === 'rejected') throw offer.reason;
    },
    close: async () => {
      await hass.stop();
      await home.stop();
    },
  });
}
