import type { BabyConfig, Config } from './config/schema.js';

/** Sources that may hear the same babies. */
export interface RoomPlan {
  /** The names of its babies: 'Mia & Leo'; '' where there are none. */
  name: string;
  babies: readonly BabyConfig[];
  /** The names of its sources. */
  sources: readonly string[];
}

/** The rooms of a configuration: one for each group of babies that sources hear. */
export function roomsOf({ sources, babies }: Config): RoomPlan[] {
  const rooms = new Map<string, { name: string; babies: BabyConfig[]; sources: string[] }>();
  for (const source of sources) {
    const heard = babies.filter(({ name }) => source.babies?.includes(name) ?? true);
    const name = heard.map(baby => baby.name).join(' & ');
    const room = rooms.get(name) ?? { name, babies: heard, sources: [] };
    rooms.set(name, room);
    room.sources.push(source.name);
  }
  return [...rooms.values()];
}
