import { tagOf } from '../../src/hass/notify/cry-notification.js';
import type { Reason } from '../../src/values.js';
import type { PushedNotification } from '../home-assistant/phone.js';
import type { WitnessedLine } from './witness.js';

/** What is killed. */
export const VICTIMS = ['Home Assistant', 'the broker', 'Node-RED'] as const;
export type Victim = (typeof VICTIMS)[number];

/** All that was seen in a night. All times are epoch ms. */
export interface NightRecord {
  /** When babies really cried. */
  crying: { baby: string; source: string; from: number; to: number }[];
  /** What came out of the reason nodes. */
  lines: readonly WitnessedLine[];
  /** From the kill to when it ran again. */
  kills: { victim: Victim; at: number; until: number }[];
  /** What was pushed to each phone, oldest first, by its name. */
  pushed: ReadonlyMap<string, readonly (PushedNotification & { at: number })[]>;
  /** What entities of Home Assistant showed, oldest first. */
  states: { entityId: string; state: string; at: number }[];
  /** Events of cries, as the broker got them, and as Home Assistant did, with when it says that they came. */
  brokerEvents: { type: string; cry: string }[];
  hassEvents: { type: string; cry: string; at: string }[];
  /** The notes that Baby Buddy got, and the time that each gives its cry, of the baby whose cries are logged. */
  notes: { at: number; time: string }[];
  /** What people said, each until it was shown to be taken. */
  answers: { baby: string; cry: string; reason: Reason }[];
  /** What was kept of them, in the baby's memory and in its journal. */
  keptAnswers: { where: string; cry: string; reason: Reason }[];
}

/** What was counted, and what is not as it has to be. */
export interface Verdict {
  /** Cries that were reported, by their ids: one that Node-RED's death cut in two is two. */
  cries: number;
  /** Sounds of the notify nodes' notifications. */
  rings: number;
  /** Sounds of the blueprints' notifications. */
  blueprintRings: number;
  /** Changes to 'on' of what shows that a baby cries; and those in which Home Assistant showed what it knew before it lost the broker. */
  on: number;
  flashes: number;
  /** Events that Home Assistant got again, since it was killed after it had got them. */
  again: number;
  answers: number;
  /** Cries that rang nowhere, or not on each phone, since Node-RED was killed in the moment in which they were reported. */
  cutOff: number;
  wrong: string[];
}

/** A cry is shown for so long after it: the hang-over, and what a busy machine takes. */
const SHOWN_AFTER_MS = 12_000;
/** What Home Assistant shows again when it is back at the broker is corrected within so long. */
const FLASH_MS = 1000;
/** Killed so soon after a cry ended, Home Assistant may not have begun to log it. */
const LOGGED_MS = 3000;
/** Killed so soon after Baby Buddy took a note, Home Assistant may not have written down that it did. */
const NOTED_MS = 2000;
/** Killed so soon after a cry was reported, Node-RED may not have written down whom to notify. */
const IN_FLIGHT_MS = 1500;

/**
 * What is fair: a phone rings late for a cry that nobody could be notified of, since Home Assistant was away; never twice,
 * and never not at all. A cry that Node-RED's death cut in two is two cries, of which the first need not ring if it was
 * reported in the last moment; the second does.
 */
export function judge(night: NightRecord): Verdict {
  const wrong: string[] = [];
  const ids = idsOf(night);
  let rings = 0;
  let cutOff = 0;
  for (const [id, { at }] of ids) {
    const byPhone = [...night.pushed].map(
      ([phone, pushed]) => [phone, ringsOf(pushed, tagOf(id)).length] as const,
    );
    const isCutOff = night.kills.some(
      kill => kill.victim === 'Node-RED' && kill.at >= at && kill.at - at < IN_FLIGHT_MS,
    );
    if (isCutOff && byPhone.some(([, count]) => count === 0)) cutOff++;
    for (const [phone, count] of byPhone) {
      rings += count;
      if (count > 1) wrong.push(`${phone} rang ${count} times for ${id}`);
      if (count === 0 && !isCutOff) wrong.push(`${phone} did not ring for ${id}`);
    }
  }
  for (const cry of night.crying)
    if (!isRung(cry, night)) wrong.push(`nobody was called to ${describe(cry)}`);
  wrong.push(...falseOns(night), ...withoutEnd(night), ...wrongAnswers(night));
  const ons = onsOf(night);
  const on = ons.length;
  const flashes = ons.filter(change => isFlash(change, night)).length;
  wrong.push(...wrongBlueprints(night), ...wrongNotes(night));
  const blueprintRings = [...night.pushed.values()]
    .flatMap(pushed => BLUEPRINT_TAGS.map(tag => ringsOf(pushed, tag).length))
    .reduce((a, b) => a + b, 0);
  return {
    cries: ids.size,
    rings,
    blueprintRings,
    on,
    flashes,
    again: repeatedEvents(night).filter(({ isForgotten }) => isForgotten).length,
    answers: night.answers.length,
    cutOff,
    wrong,
  };
}

/** When each cry was reported, by its id. */
function idsOf({ lines }: Pick<NightRecord, 'lines'>): Map<string, { at: number; source: string }> {
  const ids = new Map<string, { at: number; source: string }>();
  for (const line of lines)
    if ('state' in line && line.state === 'started' && !ids.has(line.id)) ids.set(line.id, line);
  return ids;
}

/** The notifications at which a phone made a sound of its own. One that replaces what it shows may say that it makes none. */
export function ringsOf<Notification extends PushedNotification>(
  pushed: readonly Notification[],
  tag: string,
): Notification[] {
  let isShown = false;
  return pushed
    .filter(({ data }) => data?.tag === tag)
    .filter(({ message, data }) => {
      const isCleared = message === 'clear_notification';
      const isRing = !isCleared && !(isShown && data?.alert_once === true);
      isShown = !isCleared;
      return isRing;
    });
}

function isRung(cry: NightRecord['crying'][number], night: NightRecord): boolean {
  const ids = [...idsOf(night)].filter(([, id]) => isOf(id, cry));
  return [...night.pushed.values()].every(pushed =>
    ids.some(([id]) => ringsOf(pushed, tagOf(id)).length > 0),
  );
}

function describe({ baby, source, from, to }: NightRecord['crying'][number]): string {
  return `${baby}, who cried in the ${source} from ${timeOf(from)} to ${timeOf(to)}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Changes to 'on' of what shows that a baby cries. */
function onsOf({ states }: Pick<NightRecord, 'states'>): NightRecord['states'] {
  return states.filter(({ entityId, state }, i) => {
    const before = states.slice(0, i).findLast(other => other.entityId === entityId);
    return isCrying(entityId) && state === 'on' && before?.state !== 'on';
  });
}

/**
 * Back at a broker that it had lost, Home Assistant shows what it knew before until the broker's messages arrive: no device can
 * prevent that a cry that ended meanwhile is shown for a moment.
 */
function isFlash({ entityId, at }: NightRecord['states'][number], { states, kills }: NightRecord): boolean {
  const ofEntity = states.filter(other => other.entityId === entityId);
  const before = ofEntity.findLast(other => other.at < at);
  const after = ofEntity.find(other => other.at > at);
  const shown = ofEntity.findLast(other => other.at < at && other.state !== 'unavailable');
  return (
    before?.state === 'unavailable' &&
    shown?.state === 'on' &&
    after?.state === 'off' &&
    after.at - at < FLASH_MS &&
    kills.some(kill => kill.victim === 'the broker' && kill.at >= shown.at && kill.at < at)
  );
}

function isCrying(entityId: string): boolean {
  return /^binary_sensor\.[a-z]+_crying/.test(entityId);
}

/** Which automation notifies first, of whom, and on which phone: of Mia, the first and the second phone. */
const BLUEPRINT_TAGS = [
  'deepinfant_binary_sensor.mia_crying',
  'deepinfant_escalation_binary_sensor.mia_crying',
];

/** An automation rings once for a cry, however often Home Assistant was killed in it; where nothing was killed, surely. */
function wrongBlueprints(night: NightRecord): string[] {
  const cries = night.crying.filter(({ baby }) => baby === 'Mia');
  return cries.flatMap((cry, i) => {
    const until = Math.min(cry.to + SHOWN_AFTER_MS, cries.at(i + 1)?.from ?? Infinity);
    const ids = [...idsOf(night)].filter(([, id]) => isOf(id, cry)).length;
    const isUndisturbed = night.kills.every(kill => kill.until < cry.from || kill.at > until);
    return BLUEPRINT_TAGS.flatMap(tag => {
      const rings = [...night.pushed].map(([phone, pushed]) => ({
        phone,
        count: ringsOf(pushed, tag).filter(({ at }) => at >= cry.from && at < until).length,
      }));
      return [
        ...rings
          .filter(({ count }) => count > Math.max(1, ids))
          .map(({ phone, count }) => `${tag} rang ${count} times on ${phone} for ${describe(cry)}`),
        ...(isUndisturbed && rings.every(({ count }) => count === 0)
          ? [`${tag} called nobody to ${describe(cry)}`]
          : []),
      ];
    });
  });
}

/** Each cry is logged once; twice where Home Assistant was killed before it had written down that it was logged. */
function wrongNotes({ hassEvents, notes, lines, kills }: NightRecord): string[] {
  const mias = new Set(lines.flatMap(line => ('state' in line && line.baby === 'Mia' ? line.id : [])));
  const ends = hassEvents.filter(({ type, cry }) => type === 'ended' && mias.has(cry));
  const isKilledWithin = (at: number, ms: number): boolean =>
    kills.some(kill => kill.victim === 'Home Assistant' && kill.at >= at && kill.at - at < ms);
  const most = new Set(ends.map(({ cry }) => cry)).size;
  const sure = ends.filter(({ at }) => !isKilledWithin(Date.parse(at), LOGGED_MS));
  const least = new Set(sure.map(({ cry }) => cry)).size;
  const first = new Map<string, number>();
  const wrong: string[] = [];
  for (const { at, time } of notes) {
    const former = first.get(time);
    if (former !== undefined && !isKilledWithin(former, NOTED_MS))
      wrong.push(`Baby Buddy got another note of the cry at ${time}`);
    first.set(time, at);
  }
  if (first.size < least || first.size > most)
    wrong.push(`Baby Buddy got notes of ${first.size} of ${most} cries`);
  return wrong;
}

function isOf({ at, source }: { at: number; source: string }, cry: NightRecord['crying'][number]): boolean {
  return source === cry.source && at >= cry.from && at <= cry.to + SHOWN_AFTER_MS;
}

function isOfBaby(entityId: string, baby: string): boolean {
  return entityId.startsWith(`binary_sensor.${baby.toLowerCase()}_`);
}

function falseOns(night: NightRecord): string[] {
  return onsOf(night)
    .filter(change => !isFlash(change, night))
    .filter(
      ({ entityId, at }) =>
        !night.crying.some(
          ({ baby, from, to }) => isOfBaby(entityId, baby) && at >= from && at <= to + SHOWN_AFTER_MS,
        ),
    )
    .map(({ entityId, at }) => `${entityId} was on at ${timeOf(at)}, and nobody cried`);
}

/** Events that Home Assistant got twice, and whether it was killed after it had got them: its entity forgets then. */
function repeatedEvents({
  hassEvents,
  kills,
}: NightRecord): { type: string; cry: string; isForgotten: boolean }[] {
  return hassEvents.flatMap(({ type, cry, at }, i) => {
    const before = hassEvents
      .slice(0, i)
      .findLast(one => one.type === type && one.cry === cry && one.at !== at);
    if (!before) return [];
    const isForgotten = kills.some(
      kill => kill.victim === 'Home Assistant' && kill.at > Date.parse(before.at) && kill.at < Date.parse(at),
    );
    return [{ type, cry, isForgotten }];
  });
}

function withoutEnd(night: NightRecord): string[] {
  const { lines, brokerEvents, hassEvents, states, crying } = night;
  const places: Record<string, { type: string; cry: string }[]> = {
    'the flow': lines.flatMap(line => ('state' in line ? [{ type: line.state, cry: line.id }] : [])),
    'the broker': brokerEvents,
    'Home Assistant': hassEvents,
  };
  const missing = Object.entries(places).flatMap(([place, events]) => {
    const ended = new Set(events.filter(({ type }) => type === 'ended').map(({ cry }) => cry));
    const started = new Set(events.filter(({ type }) => type === 'started').map(({ cry }) => cry));
    return [...started].filter(cry => !ended.has(cry)).map(cry => `${cry} never ended for ${place}`);
  });
  const repeated = repeatedEvents(night)
    .filter(({ isForgotten }) => !isForgotten)
    .map(({ type, cry }) => `${cry} ${type} twice for Home Assistant`);
  const isAnyones = (entityId: string): boolean =>
    isCrying(entityId) && crying.some(({ baby }) => isOfBaby(entityId, baby));
  const lastOf = new Map(
    states.filter(({ entityId }) => isAnyones(entityId)).map(s => [s.entityId, s.state]),
  );
  const left = [...lastOf]
    .filter(([, state]) => state !== 'off')
    .map(([id, state]) => `${id} is left ${state}`);
  return [...missing, ...repeated, ...left];
}

function wrongAnswers({ answers, keptAnswers, lines }: NightRecord): string[] {
  return answers.flatMap(({ cry, reason }) => {
    const kept = keptAnswers.filter(one => one.cry === cry);
    const counted = lines.filter(
      line => 'outcome' in line && line.cry === cry && line.outcome !== 'repeated',
    );
    return [
      ...(kept.length === 2 && kept.every(one => one.reason === reason)
        ? []
        : [`the answer ${reason} to ${cry} is kept as ${JSON.stringify(kept)}`]),
      ...(counted.length <= 1 ? [] : [`the answer to ${cry} was counted ${counted.length} times`]),
    ];
  });
}
