import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { DeepInfantError } from '../../src/errors.js';
import { CONTEXT_KINDS, type ContextFact, type ContextKind } from '../../src/reason/facts.js';
import { isObject } from '../../src/unknown-data.js';
import type { ReasonEstimate } from '../../src/values.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { Baby } from '../deepinfant-baby/baby.js';
import { isCryEvent } from '../messages.js';

const STATUS_BY_STATE: Record<'waiting' | 'reason' | 'unsure', StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-reason.status.waiting' },
  reason: { fill: 'blue', shape: 'dot', text: 'deepinfant-reason.status.reason' },
  unsure: { fill: 'grey', shape: 'dot', text: 'deepinfant-reason.status.unsure' },
};

/** Adds the likely reason to cry events, and learns from messages what happened to the baby. */
export class Reasoner implements NodeWork {
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    node: Node,
    private readonly baby: Baby,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  start(): void {
    this.showStatus('waiting');
  }

  input(msg: NodeMessage, send: Send): void {
    const { payload } = msg;
    if (!isCryEvent(payload)) {
      this.baby.tell(factOf(msg));
      return;
    }
    const { event, text } = this.baby.explain(payload);
    this.show(event.reason);
    send([{ ...msg, payload: event, text }]);
  }

  stop(): void {
    // Nothing runs between messages.
  }

  private show({ label, confidence }: ReasonEstimate): void {
    if (label === 'unsure') this.showStatus('unsure');
    else {
      const reason = this.RED._(`deepinfant-reason.reason.${label}`);
      this.showStatus('reason', { reason, percent: Math.round(100 * confidence) });
    }
  }
}

/**
 * What a message tells: `{kind, at}` as its payload, or the kind as its topic and the time as its payload. A time is
 * epoch ms, a Date or an ISO string; without one it is now.
 * @throws DeepInfantError `not-a-cry-event` when the message tells nothing of a known kind.
 */
function factOf({ topic, payload }: NodeMessage): ContextFact {
  const { kind, at } = isObject(payload) && 'kind' in payload ? payload : { kind: topic, at: payload };
  if (!isContextKind(kind)) {
    throw new DeepInfantError(
      'not-a-cry-event',
      `The message is neither a cry event of a detector nor one with msg.topic ${CONTEXT_KINDS.join(', ')}`,
    );
  }
  return { kind, at: timeOf(at) };
}

function isContextKind(kind: unknown): kind is ContextKind {
  return CONTEXT_KINDS.some(known => known === kind);
}

/** Epoch ms. @throws DeepInfantError `context` for what is no time */
function timeOf(at: unknown): number {
  if (at === undefined || at === null || at === '') return Date.now();
  const isTime = at instanceof Date || typeof at === 'string' || typeof at === 'number';
  const time = isTime ? new Date(at).getTime() : NaN;
  if (Number.isNaN(time)) {
    throw new DeepInfantError(
      'context',
      `${JSON.stringify(at)} is no time: send epoch ms, a Date, an ISO string, or nothing for now.`,
    );
  }
  return time;
}
