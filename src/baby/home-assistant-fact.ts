import { at as inside, numberOf } from '../unknown-data.js';
import { degreesCelsius } from '../reason/degrees.js';
import type { ContextFact, ContextKind } from '../reason/facts.js';

/** What Home Assistant's nodes put into a message. */
export interface HomeAssistantMessage {
  /** The event, from the node 'events: all'. */
  payload?: unknown;
  /** The entity with its old and new state, from the node 'events: state'. */
  data?: unknown;
}

/** A fact whose time and degrees are not checked yet. */
type UncheckedFact = Pick<ContextFact, 'kind'> & { at: unknown; celsius?: number };

/**
 * The fact of a kind in a message of node-red-contrib-home-assistant-websocket; `nothing` when the entity was away or did
 * not change; undefined for any other message.
 */
export function readHomeAssistantFact(
  kind: ContextKind,
  message: HomeAssistantMessage,
): UncheckedFact | 'nothing' | undefined {
  const fired = inside(message.payload, 'time_fired');
  if (fired !== undefined) return { kind, at: fired };
  const entity = inside(message.data, 'new_state');
  const state = textOf(inside(entity, 'state'));
  const before = textOf(inside(message.data, 'old_state', 'state'));
  if (state === undefined) return undefined;

  const changed = inside(entity, 'last_changed');
  // Of an input_datetime without a date, it is the time of the day.
  if (inside(entity, 'attributes', 'has_date') === false)
    return isAway(state) ? 'nothing' : { kind, at: state };
  // Of any other, it is local time; this is the same with its zone.
  const timestamp = inside(entity, 'attributes', 'timestamp');
  if (typeof timestamp === 'number') return { kind, at: 1000 * timestamp };
  // The state of an input_button, button, event, scene, or timestamp sensor.
  if (/^\d{4}-\d\d-\d\dT/.test(state)) return { kind, at: state };
  if (kind === 'temperature' || kind === 'room') {
    const degrees = parseFloat(state);
    if (Number.isNaN(degrees)) return 'nothing';
    const unit = inside(entity, 'attributes', 'unit_of_measurement');
    return { kind, at: changed, celsius: degreesCelsius(degrees, unit === '°F') };
  }
  if (before === undefined || isAway(before) || before === state) return 'nothing';
  // A counter goes up; when it goes down, it was reset.
  if (numberOf(state) > numberOf(before) || isOn(state)) return { kind, at: changed };
  // A switch that is on while the baby sleeps goes off when it wakes.
  if (kind === 'sleep' && isOn(before) && !isAway(state)) return { kind: 'wake', at: changed };
  return 'nothing';
}

/** A state as Home Assistant has it, also where the node made a number or boolean of it. */
function textOf(state: unknown): string | undefined {
  return typeof state === 'string' || typeof state === 'number' || typeof state === 'boolean'
    ? String(state)
    : undefined;
}

function isOn(state: string): boolean {
  return state === 'on' || state === 'true';
}

function isAway(state: string): boolean {
  return state === 'unknown' || state === 'unavailable';
}
