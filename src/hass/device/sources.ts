import { isHeard, type SourceHealth, type SourceState } from '../../values.js';
import { deviceIdOf, firstFree } from './device-id.js';

/** More would make a device of hundreds of entities; the others are not shown. */
const MOST_SOURCES = 16;

/** From what is heard best to what is not heard at all. */
const BEST_FIRST: readonly SourceState[] = [
  'running',
  'silent',
  'starting',
  'stalled',
  'backoff',
  'failed',
  'stopped',
];

export interface DeviceSource {
  /** Names it in topics and ids. */
  key: string;
  name: string;
  /** Undefined as long as it reported nothing in this run. */
  health: SourceHealth | undefined;
  /** Whether it is heard. While it is opened again it is as it was. */
  isOnline: boolean;
}

/** The microphones and cameras of a device, and whether they are heard. */
export class DeviceSources {
  private readonly byName = new Map<string, DeviceSource>();

  /** @param names of the sources that an earlier run knew */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.add(name);
  }

  get all(): readonly DeviceSource[] {
    return [...this.byName.values()];
  }

  /** The names of those that reported in this run; of all, where none did. */
  get names(): string[] {
    const reported = this.all.filter(({ health }) => health !== undefined);
    return (reported.length > 0 ? reported : this.all).map(({ name }) => name);
  }

  /** Whether one of them is heard, or nobody knows. */
  get isOnline(): boolean {
    return this.byName.size === 0 || this.all.some(({ isOnline }) => isOnline);
  }

  /** Whether each of them was told not to listen. */
  get areStopped(): boolean {
    const known = this.all.filter(({ health, isOnline }) => health !== undefined || isOnline);
    return known.length > 0 && known.every(({ health }) => health?.state === 'stopped');
  }

  /** The state of the one that is heard best; and what is wrong with it, or else with another one. */
  get overall(): { state: SourceState; error: string | undefined } | undefined {
    const healths = this.all.flatMap(({ health }) => health ?? []);
    const best = heardBest(healths);
    return best && { state: best.state, error: errorOf(best, healths) };
  }

  /** Whether a source reports that it is heard again. */
  isReturning({ source, state }: SourceHealth): boolean {
    return isHeard(state) && this.byName.get(source)?.isOnline === false;
  }

  /** @returns whether the source is new */
  push(health: SourceHealth): boolean {
    const known = this.byName.get(health.source);
    const source = known ?? this.add(health.source);
    if (source === undefined) return false;
    source.health = health;
    if (health.state !== 'starting') source.isOnline = isHeard(health.state);
    return known === undefined;
  }

  /** Sources that have reported nothing so far were renamed or removed. If none has reported, nothing is known of them. */
  giveUpSilent(): void {
    if (this.all.every(({ health }) => health === undefined)) return;
    for (const source of this.byName.values()) source.isOnline &&= source.health !== undefined;
  }

  private add(name: string): DeviceSource | undefined {
    if (this.byName.size === MOST_SOURCES) return undefined;
    const key = firstFree(deviceIdOf(name), wanted => this.all.every(({ key: taken }) => taken !== wanted));
    const source: DeviceSource = { key, name, health: undefined, isOnline: true };
    this.byName.set(name, source);
    return source;
  }
}

/** Of several sources the one that is heard best; undefined where there is none. */
export function heardBest(healths: readonly SourceHealth[]): SourceHealth | undefined {
  return healths.toSorted((a, b) => BEST_FIRST.indexOf(a.state) - BEST_FIRST.indexOf(b.state)).at(0);
}

function errorOf(best: SourceHealth, all: readonly SourceHealth[]): string | undefined {
  if (all.length === 1) return best.error;
  const failing = best.error === undefined ? all.find(({ error }) => error !== undefined) : best;
  return failing?.error === undefined ? undefined : `${failing.source}: ${failing.error}`;
}
