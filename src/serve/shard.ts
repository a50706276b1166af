import { createHash } from 'node:crypto';
import { DeepInfantError } from '../errors.js';
import type { RoomPlan } from './rooms.js';

const MOST_SHARDS = 1000;

/** One of several services that share the rooms of a configuration. */
export interface Shard {
  /** Which of them it is, from 1. */
  number: number;
  /** How many there are. */
  of: number;
}

/** Reads a shard such as `2/5`. @throws DeepInfantError `usage` */
export function parseShard(text: string): Shard {
  const [, number, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (!(number >= 1 && number <= of && of <= MOST_SHARDS))
    throw new DeepInfantError(
      'usage',
      `--shard must be K/N such as 2/5, with K from 1 to N and N at most ${MOST_SHARDS}, not '${text}'.`,
    );
  return { number, of };
}

/**
 * The rooms that a shard hears. Rooms that have a baby in common go to one shard, since they share what is known of the
 * baby: that of the first of their babies' names.
 */
export function roomsOfShard(rooms: readonly RoomPlan[], { number, of }: Shard): RoomPlan[] {
  const isHere = new Map(
    groupsOf(rooms).flatMap(group => {
      const [first = ''] = group.flatMap(({ babies }) => babies.map(({ name }) => name)).sort();
      const shard = shardOf(first, of);
      return group.map(room => [room, shard === number] as const);
    }),
  );
  return rooms.filter(room => isHere.get(room));
}

/**
 * The shard of a key, by rendezvous hashing (Thaler and Ravishankar, 'Using name-based mappings to increase hit rates',
 * 1998): that with the highest weight, the first six bytes of the SHA-256 of `SHARD KEY`. One more shard takes a key in
 * n + 1, and none moves between the others.
 * @param of how many shards there are
 * @returns its number, from 1
 */
export function shardOf(key: string, of: number): number {
  const weights = Array.from({ length: of }, (_, i) =>
    createHash('sha256')
      .update(`${i + 1} ${key}`)
      .digest()
      .readUIntBE(0, 6),
  );
  return 1 + weights.indexOf(Math.max(...weights));
}

/** Rooms that have a baby in common, directly or through others. */
function groupsOf(rooms: readonly RoomPlan[]): RoomPlan[][] {
  const namesOf = ({ babies, name }: RoomPlan): string[] =>
    babies.length === 0 ? [name] : babies.map(baby => baby.name);
  const groups = new Map<string, RoomPlan[]>();
  for (const room of rooms) {
    const near = new Set(namesOf(room).map(name => groups.get(name) ?? []));
    const group = [...[...near].flat(), room];
    for (const name of group.flatMap(namesOf)) groups.set(name, group);
  }
  return [...new Set(groups.values())];
}
