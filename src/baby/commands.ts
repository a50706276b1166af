/**
 * What messages tell the reason: facts, answers and what to do with the memory. A message has a word as its topic and
 * what belongs to it as its payload, or both in an object: `{ kind: 'feed', at }`, `{ answer: 'hungry' }`.
 */
import { inspect } from 'node:util';
import { DeepInfantError } from '../errors.js';
import { isObject, numberOf } from '../unknown-data.js';
import { REASONS, type Answer } from '../values.js';
import { degreesCelsius } from '../reason/degrees.js';
import { CONTEXT_KINDS, hasEpoch, type ContextFact, type ContextKind } from '../reason/facts.js';
import type { AnswerOutcome } from './history.js';
import type { TrackRecord } from '../reason/record.js';
import { durationText } from '../reason/phrase.js';
import { toldByHome, type HomeAssistantMessage } from './home-assistant-fact.js';

/** What a message brings, be it from a button, over MQTT or from Home Assistant. */
export interface TellingMessage extends HomeAssistantMessage {
  topic?: unknown;
  baby?: unknown;
}

/** `baby` is the name of the baby it is about, where there are several. */
export type Told = { baby?: string } & (
  | { do: 'tell'; fact: ContextFact & { id: string } }
  /** Takes back a fact: that of this id, else the one told last of this kind. */
  | { do: 'untell'; kind?: ContextKind; id?: string }
  /** What a cry was, or whose, or both. `cry` is the id of a cry event; without one it is the latest cry before `at`. */
  | ({ do: 'answer' } & Partial<Answer> & Pick<Answer, 'at'>)
  | { do: 'withdraw'; cry?: string }
  | { do: 'forget' }
  | { do: 'export' }
  | { do: 'import'; memory: unknown }
  /** A sensor or switch that has nothing to tell: it was away, or did not change. */
  | { do: 'nothing' }
);

/** What became of a message that told the reason node something; of an answer, with what it was, when and by whom. */
export interface ToldState extends Partial<Answer> {
  outcome: 'told' | 'withdrawn' | 'unknown-fact' | 'forgotten' | 'imported' | AnswerOutcome;
  /** The fact that was told or withdrawn. */
  fact?: ContextFact;
  /** Whose cry it was, where there are several babies. */
  baby?: string;
  /** How often reasons were right, once there are answers. */
  record?: TrackRecord;
}

const WORDS = ['answer', 'withdraw', 'forget', 'export', 'import'] as const;
type Word = (typeof WORDS)[number];

/** So much the clock of who tells may be ahead; a wrong time zone is an hour or more. */
const CLOCKS_DIFFER_MS = 30 * 60_000;

/** What must be sent to forget all: a word that nobody sends by mistake. */
const EVERYTHING = 'everything';

/**
 * What a message tells.
 * @param nowMs epoch ms: the time of what is told without one
 * @throws DeepInfantError `not-told` for a message that tells nothing, `context` or `answer` for one that tells it wrongly
 */
export function readTold(message: TellingMessage, nowMs: number): Told {
  const { payload, baby } = message;
  const about = optionalTexts('not-told', {
    baby: isObject(payload) && 'baby' in payload ? payload.baby : baby,
  });
  const told = readWhat(message, nowMs);
  if (told.do === 'answer' && told.reason === undefined && about.baby === undefined) {
    throw new DeepInfantError(
      'answer',
      `The answer is empty: send ${REASONS.join(', ')}, or whose cry it was as baby.`,
    );
  }
  return { ...told, ...about };
}

function readWhat(message: TellingMessage, nowMs: number): Told {
  const { topic, payload } = message;
  const word = WORDS.find(known => (isObject(payload) && known in payload) || topic === known);
  if (word) return toldBy(word, isObject(payload) && word in payload ? payload : { [word]: payload }, nowMs);
  if (isObject(payload) && 'kind' in payload) return fact(payload.kind, payload, nowMs);
  if (!isKind(topic)) throw notTold();
  const byHome = toldByHome(topic, message);
  if (byHome === 'nothing') return { do: 'nothing' };
  if (byHome) return fact(byHome.kind, byHome, nowMs);
  if (isObject(payload) && !(payload instanceof Date)) return fact(topic, payload, nowMs);
  return fact(topic, isDegrees(topic, payload) ? { celsius: payload } : { at: payload }, nowMs);
}

function toldBy(word: Word, details: Record<string, unknown>, nowMs: number): Told {
  const argument = details[word];
  switch (word) {
    case 'answer':
      return answer(isObject(argument) ? argument : details, nowMs);
    case 'withdraw':
      return withdrawn(argument, details);
    case 'forget':
      if (argument !== EVERYTHING)
        throw new DeepInfantError(
          'not-told',
          `To forget all of this baby, send '${EVERYTHING}' with 'forget'.`,
        );
      return { do: 'forget' };
    case 'export':
      return { do: 'export' };
    case 'import':
      return { do: 'import', memory: parsed(argument) };
  }
}

function answer(details: Record<string, unknown>, nowMs: number): Told {
  const { answer: said, cry, at, by } = details;
  const reason = REASONS.find(known => known === said);
  if (!reason && !isEmpty(said))
    throw new DeepInfantError('answer', `${shown(said)} is no answer: send ${REASONS.join(', ')}.`);
  return {
    do: 'answer',
    ...(reason && { reason }),
    at: timeOf(at, nowMs),
    ...optionalTexts('answer', { cry, by }),
  };
}

function withdrawn(what: unknown, { cry, id, at }: Record<string, unknown>): Told {
  if (what === 'answer' || isEmpty(what)) return { do: 'withdraw', ...optionalTexts('answer', { cry }) };
  if (!isKind(what)) {
    throw new DeepInfantError('not-told', `${shown(what)} cannot be withdrawn: send answer, ${kinds()}.`);
  }
  if (at !== undefined) return { do: 'untell', id: idOf(what, timeOf(at, 0)) };
  return { do: 'untell', kind: what, ...optionalTexts('context', { id }) };
}

/** The texts that are given. @throws DeepInfantError of this code for what is given and no text */
function optionalTexts<Name extends string>(
  code: string,
  given: Record<Name, unknown>,
): Partial<Record<Name, string>> {
  const texts = Object.entries(given).filter(([, value]) => !isEmpty(value));
  const odd = texts.find(([, value]) => typeof value !== 'string');
  if (odd) throw new DeepInfantError(code, `${odd[0]} is ${shown(odd[1])}: send it as text.`);
  return Object.fromEntries(texts) as Partial<Record<Name, string>>;
}

function fact(kind: unknown, details: object, nowMs: number): Told {
  const { at, id, celsius } = details as Record<string, unknown>;
  if (!isKind(kind)) throw notTold();
  const time = timeOf(at, nowMs);
  if (time > nowMs + CLOCKS_DIFFER_MS) {
    const ahead = durationText((time - nowMs) / 1000);
    throw new DeepInfantError(
      'context',
      `This '${kind}' lies ${ahead} ahead of this computer's clock: correct its time or its time zone.`,
    );
  }
  const degrees = isEmpty(celsius) ? {} : { celsius: degreesCelsius(numberOf(celsius)) };
  const texts = optionalTexts('context', { id });
  return { do: 'tell', fact: { kind, at: time, id: texts.id ?? idOf(kind, time), ...degrees } };
}

/** What is told without an id has its kind and time as one: told twice, it counts once. */
function idOf(kind: ContextKind, atMs: number): string {
  return `${kind}@${atMs}`;
}

/** Whether a payload beside the topic is degrees, not a time. */
function isDegrees(kind: ContextKind, payload: unknown): boolean {
  if (kind !== 'temperature' && kind !== 'room') return false;
  return !isEmpty(payload) && Number.isFinite(numberOf(payload)) && !hasEpoch(numberOf(payload));
}

/**
 * Epoch ms of what a message says of a time.
 * @throws DeepInfantError `context` for what is no time
 */
export function timeOf(at: unknown, nowMs: number): number {
  if (isEmpty(at)) return nowMs;
  let time = NaN;
  if (at instanceof Date) time = at.getTime();
  else if (typeof at === 'number' || (typeof at === 'string' && /^\d{12,20}$/.test(at))) time = Number(at);
  // Date.parse takes '5' for a day in 2001.
  else if (typeof at === 'string' && /^\d{4}-\d\d-\d\d/.test(at)) time = Date.parse(at);
  if (Number.isNaN(time)) {
    throw new DeepInfantError(
      'context',
      `${shown(at)} is no time: send epoch ms, a Date, an ISO string, or nothing for now.`,
    );
  }
  return time;
}

function parsed(memory: unknown): unknown {
  if (typeof memory !== 'string') return memory;
  try {
    return JSON.parse(memory);
  } catch (error) {
    throw new DeepInfantError('memory', 'What is to be imported is no JSON. Send what an export gave.', {
      cause: error,
    });
  }
}

function isKind(kind: unknown): kind is ContextKind {
  return CONTEXT_KINDS.some(known => known === kind);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function kinds(): string {
  return CONTEXT_KINDS.join(', ');
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0 }).slice(0, 100);
}

function notTold(): DeepInfantError {
  return new DeepInfantError(
    'not-told',
    `The message is neither a cry event of a detector nor one with msg.topic ${kinds()}, ${WORDS.join(', ')}.`,
  );
}
