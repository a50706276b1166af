import { Turns } from '../../turns.js';
import type { EntityState } from '../entity-states.js';
import { type LightLook, type LightSetting, settingOf, shows } from './light-look.js';

/** Who shows an alert on a lamp. */
export interface AlertOwner {
  /** Shows its alert on a lamp again: another one on it is over. */
  showAgain(lamp: string): void;
}

/** A lamp reports within so long that it is what it was. */
const RESTORED_WITHIN_MS = 30_000;
/** A lamp's last calls that restored it, whose reports may still come. */
const MOST_RESTORING = 10;

/** A lamp whose last alert is over, and which may still look like it. */
interface RestoredLamp {
  former: LightSetting;
  looks: LightLook[];
  /** Epoch ms. */
  at: number;
}

/** A lamp that shows alerts. */
interface SharedLamp {
  /** What it was before the first of them. */
  former: LightSetting;
  /** The contexts of what was done to it. */
  contexts: Set<string>;
  /** Each alert's look; the newest one, which the lamp shows, is the last. */
  looks: Map<AlertOwner, LightLook>;
  /** Looks of alerts that are over: the lamp may still show one. */
  past: LightLook[];
}

/**
 * The lamps of one Home Assistant that show alerts, for all who show some: what a lamp was is known once, and comes back
 * when the last alert on it is over.
 */
export class SharedLamps {
  private static readonly homes = new Map<string, SharedLamps>();

  /** One job after another, whoever's: a call is known before the change that it made is judged. */
  readonly turns = new Turns();
  private readonly lamps = new Map<string, SharedLamp>();
  private readonly restored = new Map<string, RestoredLamp>();
  /** The contexts in which lamps were restored, the newest last. */
  private readonly restoring = new Map<string, string[]>();

  /** @param home its address */
  static of(home: string): SharedLamps {
    let lamps = SharedLamps.homes.get(home);
    if (lamps === undefined) {
      lamps = new SharedLamps();
      SharedLamps.homes.set(home, lamps);
    }
    return lamps;
  }

  /**
   * An alert is shown on a lamp.
   * @param former what the lamp is now; unless another alert is on it
   * @returns what it was before all alerts
   */
  claim(lamp: string, owner: AlertOwner, look: LightLook, former: LightSetting): LightSetting {
    const known = this.lamps.get(lamp) ?? { former, contexts: new Set(), looks: new Map(), past: [] };
    this.lamps.set(lamp, known);
    // The newest is the last entry.
    known.looks.delete(owner);
    known.looks.set(owner, look);
    return known.former;
  }

  /**
   * An alert on a lamp is over.
   * @returns whether it was the last one, after which the lamp becomes what it was; else the one before it is shown again
   */
  release(lamp: string, owner: AlertOwner): boolean {
    const known = this.lamps.get(lamp);
    const wasShown = this.isShown(lamp, owner);
    const look = known?.looks.get(owner);
    if (look) known?.past.push(look);
    known?.looks.delete(owner);
    const next = [...(known?.looks.keys() ?? [])].at(-1);
    if (next === undefined) {
      this.lamps.delete(lamp);
      if (known) this.restored.set(lamp, { former: known.former, looks: known.past, at: Date.now() });
    } else if (wasShown) next.showAgain(lamp);
    return next === undefined;
  }

  /** An owner is gone. What its lamps were is kept elsewhere. */
  leave(owner: AlertOwner): void {
    for (const [lamp, { looks }] of [...this.lamps]) if (looks.has(owner)) this.release(lamp, owner);
  }

  /** Whether a lamp shows the alert of this owner, not a newer one. */
  isShown(lamp: string, owner: AlertOwner): boolean {
    return [...(this.lamps.get(lamp)?.looks.keys() ?? [])].at(-1) === owner;
  }

  /** The looks in which alerts may have left a lamp. */
  looksOf(lamp: string): LightLook[] {
    const { looks, past } = this.lamps.get(lamp) ?? {};
    return [...(looks?.values() ?? []), ...(past ?? [])];
  }

  /** What a lamp is that shows no alert, or is about to be again: it may not have reported yet that the last one is over. */
  settingOf(lamp: string, state: EntityState): LightSetting {
    const restored = this.justRestored(lamp);
    // It reported that it is off again: when it goes off in the next alert, somebody switched it off.
    if (state.state === 'off' && this.isRestoring(lamp, state)) this.restored.delete(lamp);
    return restored?.looks.some(look => shows(state, look)) ? restored.former : settingOf(state);
  }

  /** A lamp was told to be what it was. */
  addRestoring(lamp: string, context: string): void {
    this.restoring.set(lamp, [...(this.restoring.get(lamp) ?? []), context].slice(-MOST_RESTORING));
  }

  /** Whether a lamp only reports that it is what it was. Home Assistant may take that for the effect of a later call. */
  isRestored(lamp: string, state: EntityState): boolean {
    const isOff = state.state === 'off' && this.justRestored(lamp)?.former === null;
    return isOff || this.isRestoring(lamp, state);
  }

  private isRestoring(lamp: string, { context }: EntityState): boolean {
    return this.restoring.get(lamp)?.includes(context.id) === true;
  }

  private justRestored(lamp: string): RestoredLamp | undefined {
    const restored = this.restored.get(lamp);
    return restored && Date.now() - restored.at < RESTORED_WITHIN_MS ? restored : undefined;
  }

  /** Something was done to a lamp. */
  addContext(lamp: string, context: string): void {
    this.lamps.get(lamp)?.contexts.add(context);
  }

  /** Whether an alert did it. */
  isOurs(lamp: string, context: string): boolean {
    return this.lamps.get(lamp)?.contexts.has(context) === true;
  }
}
