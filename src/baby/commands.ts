/**
 * What messages ask of the reason node: to take facts and answers, and to handle the memory. A message has a word as its
 * topic and what belongs to it as its payload, or both in an object: `{ kind: 'feed', at }`, `{ answer: 'hungry' }`.
 */
import { inspect } from 'node:util';
import { findWord } from '../door/word.js';
import { DeepInfantError } from '../errors.js';
import { degreesCelsius } from '../reason/degrees.js';
import { CONTEXT_KINDS, factIdOf, hasEpoch, type ContextFact, type ContextKind } from '../reason/facts.js';
import { durationText } from '../texts/duration.js';
import type { TrackRecord } from '../reason/record.js';
import { isObject, numberOf } from '../unknown-data.js';
import { REASONS, type Answer } from '../values.js';
import { parseTime, parseTimeOfDay } from '../wall-clock.js';
import type { AnswerOutcome } from './history.js';
import { readHomeAssistantFact, type HomeAssistantMessage } from './home-assistant-fact.js';

/** A message from a button, over MQTT or from Home Assistant. */
export interface CommandMessage extends HomeAssistantMessage {
  topic?: unknown;
  baby?: unknown;
}

/** `baby` is the name of the baby that it is about, where there are several. */
export type Command = { baby?: string } & (
  | { do: 'add-fact'; fact: ContextFact & { id: string } }
  /** Withdraws the fact with an id, else the one of a kind that was told last. */
  | { do: 'withdraw-fact'; kind?: ContextKind; id?: string }
  /** Says what a cry was, or whose, or both. Without `cry` it is the latest one before `at`. */
  | ({ do: 'answer' } & Partial<Answer> & Pick<Answer, 'at'>)
  | { do: 'withdraw-answer'; cry?: string }
  | { do: 'forget' }
  | { do: 'export' }
  | { do: 'import'; memory: unknown }
  /** Of a sensor or switch that was away, or did not change. */
  | { do: 'nothing' }
);

/** A command about a fact. */
export type FactCommand = { baby?: string } & (
  | { do: 'add-fact'; fact: ContextFact & { id: string } }
  | { do: 'withdraw-fact'; kind: ContextKind; id?: string }
);

/** What became of a command; of an answer, with what it was, when and by whom. */
export interface Outcome extends Partial<Answer> {
  outcome: 'noted' | 'withdrawn' | 'unknown-fact' | 'forgotten' | 'imported' | AnswerOutcome;
  /** The fact that was noted or withdrawn. */
  fact?: ContextFact;
  /** Whose cry it was, where there are several babies. */
  baby?: string;
  /** How often reasons were right, once there are answers. */
  record?: TrackRecord;
}

const WORDS = ['answer', 'withdraw', 'forget', 'export', 'import'] as const;
type Word = (typeof WORDS)[number];

/** The sender's clock may be ahead by this much; a wrong time zone makes an hour or more. */
const CLOCKS_DIFFER_MS = 30 * 60_000;

/** In characters: twice what the most that is kept of a baby takes. */
const MOST_IMPORTED = 20_000_000;

/** What must be sent to forget everything: a word that nobody sends by mistake. */
const EVERYTHING = 'everything';

/**
 * The command that a message brings.
 * @param nowMs epoch ms: the time of what has no time of its own
 * @throws DeepInfantError `not-told` for a message that is no command, `context` or `answer` for a wrong one
 */
export function readCommand(message: CommandMessage, nowMs: number): Command {
  const { payload, baby } = message;
  const about = optionalTexts('not-told', {
    baby: isObject(payload) && 'baby' in payload ? payload.baby : baby,
  });
  const command = readAnyCommand(message, nowMs);
  if (command.do === 'answer' && command.reason === undefined && about.baby === undefined) {
    throw new DeepInfantError(
      'answer',
      `The answer is empty: send ${REASONS.join(', ')}, or whose cry it was as baby.`,
    );
  }
  return { ...command, ...about };
}

/**
 * The command about a fact that a text brings: the kind of a fact that happens now, or what `readCommand` takes as a payload, as
 * JSON.
 * @throws what `readCommand` throws, and DeepInfantError `not-told` for another command
 */
export function readFactCommand(text: string, nowMs: number): FactCommand {
  const { baby, ...command } = readCommand({ payload: payloadOf(text) }, nowMs);
  const about = baby === undefined ? {} : { baby };
  if (command.do === 'add-fact') return { ...command, ...about };
  const { kind } = command as { kind?: ContextKind };
  if (command.do === 'withdraw-fact' && kind) return { ...command, kind, ...about };
  throw new DeepInfantError('not-told', `${shorten(text)} is not about a fact: send ${kinds()}.`);
}

function payloadOf(text: string): unknown {
  if (!text.startsWith('{')) return { kind: text };
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DeepInfantError('not-told', `${shorten(text)} is not JSON.`, { cause: error });
  }
}

function readAnyCommand(message: CommandMessage, nowMs: number): Command {
  const { topic, payload } = message;
  const word = WORDS.find(known => isObject(payload) && known in payload) ?? findWord(WORDS, topic);
  if (word)
    return readWord(word, isObject(payload) && word in payload ? payload : { [word]: payload }, nowMs);
  if (isObject(payload) && 'kind' in payload) return readFact(payload.kind, payload, nowMs);
  const kind = findWord(CONTEXT_KINDS, topic);
  if (!kind) throw notACommand();
  const fromHome = readHomeAssistantFact(kind, message);
  if (fromHome === 'nothing') return { do: 'nothing' };
  if (fromHome) return readFact(fromHome.kind, fromHome, nowMs);
  if (isObject(payload) && !(payload instanceof Date)) return readFact(kind, payload, nowMs);
  return readFact(kind, isDegrees(kind, payload) ? { celsius: payload } : { at: payload }, nowMs);
}

function readWord(word: Word, details: Record<string, unknown>, nowMs: number): Command {
  const argument = details[word];
  switch (word) {
    case 'answer':
      return readAnswerCommand(isObject(argument) ? argument : details, nowMs);
    case 'withdraw':
      return readWithdrawal(argument, details);
    case 'forget':
      if (argument !== EVERYTHING)
        throw new DeepInfantError(
          'not-told',
          `To forget everything about this baby, send '${EVERYTHING}' with 'forget'.`,
        );
      return { do: 'forget' };
    case 'export':
      return { do: 'export' };
    case 'import':
      return { do: 'import', memory: parseMemory(argument) };
  }
}

function readAnswerCommand(details: Record<string, unknown>, nowMs: number): Command {
  const { answer, cry, at, by } = details;
  const reason = findWord(REASONS, answer);
  if (!reason && !isEmpty(answer))
    throw new DeepInfantError('answer', `${shorten(answer)} is not an answer: send ${REASONS.join(', ')}.`);
  const time = readTime(at, nowMs);
  // The answer given last counts: one from the future would count for ever.
  refuseAhead('answer', time, nowMs);
  return { do: 'answer', ...(reason && { reason }), at: time, ...optionalTexts('answer', { cry, by }) };
}

function readWithdrawal(what: unknown, { cry, id, at }: Record<string, unknown>): Command {
  if (findWord(['answer'], what) || isEmpty(what))
    return { do: 'withdraw-answer', ...optionalTexts('answer', { cry }) };
  const kind = findWord(CONTEXT_KINDS, what);
  if (!kind) {
    throw new DeepInfantError('not-told', `${shorten(what)} cannot be withdrawn: send answer, ${kinds()}.`);
  }
  if (at !== undefined) return { do: 'withdraw-fact', kind, id: factIdOf({ kind, at: readTime(at, 0) }) };
  return { do: 'withdraw-fact', kind, ...optionalTexts('context', { id }) };
}

/** Of a name or an id, in characters. */
const MOST_TEXT = 300;

/** The texts that are given. @throws DeepInfantError of this code for what is given and is not text, or too long */
function optionalTexts<Name extends string>(
  code: string,
  given: Record<Name, unknown>,
): Partial<Record<Name, string>> {
  const texts = Object.entries(given).filter(([, value]) => !isEmpty(value));
  const odd = texts.find(([, value]) => typeof value !== 'string' || value.length > MOST_TEXT);
  if (odd)
    throw new DeepInfantError(
      code,
      `${odd[0]} is ${shorten(odd[1])}: send it as text of at most ${MOST_TEXT} characters.`,
    );
  return Object.fromEntries(texts) as Partial<Record<Name, string>>;
}

function readFact(of: unknown, details: object, nowMs: number): Command {
  const { at, id, celsius } = details as Record<string, unknown>;
  const kind = findWord(CONTEXT_KINDS, of);
  if (!kind) throw notACommand();
  const time = readTime(at, nowMs);
  refuseAhead(kind, time, nowMs);
  const degrees = isEmpty(celsius) ? {} : { celsius: degreesCelsius(numberOf(celsius)) };
  const texts = optionalTexts('context', { id });
  const factId = factIdOf({ kind, at: time, ...texts });
  return { do: 'add-fact', fact: { kind, at: time, id: factId, ...degrees } };
}

function refuseAhead(what: string, time: number, nowMs: number): void {
  if (time <= nowMs + CLOCKS_DIFFER_MS) return;
  const ahead = durationText((time - nowMs) / 1000);
  throw new DeepInfantError(
    'context',
    `This '${what}' is ${ahead} ahead of this computer's clock: correct its time or its time zone.`,
  );
}

/** Whether a payload beside the topic is degrees, not a time. */
function isDegrees(kind: ContextKind, payload: unknown): boolean {
  if (kind !== 'temperature' && kind !== 'room') return false;
  return !isEmpty(payload) && Number.isFinite(numberOf(payload)) && !hasEpoch(numberOf(payload));
}

/**
 * Epoch ms of what a message gives as a time: epoch ms, a Date, an ISO string (at home, where it names no zone), a time of
 * the day (07:30, the last one at home), or nothing for now.
 * @throws DeepInfantError `context` for what is not a time
 */
export function readTime(at: unknown, nowMs: number): number {
  if (isEmpty(at)) return nowMs;
  let time = NaN;
  if (at instanceof Date) time = at.getTime();
  else if (typeof at === 'number' || (typeof at === 'string' && /^\d{12,}$/.test(at))) time = Number(at);
  else if (typeof at === 'string')
    time = parseTimeOfDay(at, nowMs + CLOCKS_DIFFER_MS) ?? parseTime(at.trim());
  if (Number.isNaN(time)) {
    throw new DeepInfantError(
      'context',
      `${shorten(at)} is not a time: send epoch ms, a Date, an ISO string, a time of the day such as 07:30, or nothing for now.`,
    );
  }
  return time;
}

function parseMemory(memory: unknown): unknown {
  if (typeof memory !== 'string') return memory;
  if (memory.length > MOST_IMPORTED)
    throw new DeepInfantError(
      'memory',
      `The memory to import has ${memory.length} characters; none that an export gave has more than ${MOST_IMPORTED}.`,
    );
  try {
    return JSON.parse(memory);
  } catch (error) {
    throw new DeepInfantError('memory', 'The memory to import is not JSON. Send what an export gave.', {
      cause: error,
    });
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function kinds(): string {
  return CONTEXT_KINDS.join(', ');
}

function shorten(value: unknown): string {
  return inspect(value, { depth: 0 }).slice(0, 100);
}

function notACommand(): DeepInfantError {
  return new DeepInfantError(
    'not-told',
    `The message is neither a cry event of a detector nor one with msg.topic ${kinds()}, ${WORDS.join(', ')}.`,
  );
}
