/** Answers what the dialogs of nodes that use a connection ask the runtime. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import type { HassConnection } from '../../src/hass/connection.js';
import { type HassOffer, listCameras, listLights, listPhones } from '../../src/hass/offers.js';
import { answerEditor, type Question } from '../editor-questions.js';
import type { OffersReply } from '../editor/offers-reply.js';
import type { Reply } from '../editor/reply.js';
import type { NodeTexts } from '../language.js';
import { deployedHass } from '../shared-hass.js';
import { testConnection } from './connection-test.js';
import type { TestReply } from './editor/replies.js';

/** How long a connection may take to open. */
const CONNECT_WITHIN_MS = 5000;
const CHECK_EVERY_MS = 50;

/** Answers the dialogs, to those who may edit flows. For lists, the connection has to be deployed. */
export function answerDialogs(RED: NodeAPI): void {
  const answerTo =
    (question: (hass: HassConnection) => Promise<HassOffer[]>, none: 'noLights' | 'noCameras' | 'noPhones') =>
    async ({ id }: Question, texts: NodeTexts): Promise<Reply<OffersReply>> => {
      const offers = await offersOf(RED, String(id), question);
      return offers.length > 0 ? { offers } : { error: texts._(`deepinfant-hass.says.${none}`) };
    };
  answerEditor<Record<'lights' | 'cameras' | 'notifiers', OffersReply> & { test: TestReply }>(
    RED,
    'deepinfant-hass',
    {
      test: (question, texts) => testConnection(RED, question, texts),
      lights: answerTo(listLights, 'noLights'),
      cameras: answerTo(listCameras, 'noCameras'),
      notifiers: answerTo(listPhones, 'noPhones'),
    },
  );
}

async function offersOf(
  RED: NodeAPI,
  id: string,
  question: (hass: HassConnection) => Promise<HassOffer[]>,
): Promise<HassOffer[]> {
  const shared = deployedHass(RED, id);
  const hass = shared.open();
  try {
    for (
      let waitedMs = 0;
      hass.health.state !== 'connected' && waitedMs < CONNECT_WITHIN_MS;
      waitedMs += CHECK_EVERY_MS
    )
      await sleep(CHECK_EVERY_MS);
    return await question(hass);
  } finally {
    await shared.close();
  }
}
