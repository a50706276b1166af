import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { check } from '../../check.js';
import { DeepInfantError } from '../../errors.js';
import { guard } from '../../guard.js';
import { Troubles } from '../../troubles.js';
import type { HassConnection } from '../connection.js';
import { afterEvent, ENTITIES_EVENT, type EntityState } from '../entity-states.js';
import { StateFile } from '../../files/state-file.js';
import {
  canDim,
  hasColour,
  settingFor,
  settingOf,
  shows,
  type LightLook,
  type LightSetting,
} from './light-look.js';
import { type AlertOwner, SharedLamps } from './shared-lamps.js';

/** From dim to bright, and back in as long. */
const PULSE_MS = 2500;
const TRANSITION_S = 2;
/** How long a lamp may take to say in which colour it comes on. */
const COLOUR_WITHIN_MS = 1500;

const channel = v.pipe(v.number(), v.minValue(0), v.maxValue(255));

/** A light that shows an alert, as it is kept. */
const KEPT_LIGHT = v.object({
  former: v.nullable(v.record(v.string(), v.unknown())),
  colour: v.optional(v.record(v.string(), v.unknown())),
  look: v.object({
    rgb: v.pipe(v.tuple([channel, channel, channel]), v.readonly()),
    dim: channel,
    bright: channel,
  }),
});
/** By entity id. DeepInfant 0.1 kept them in the same form. */
const KEPT_LIGHTS = v.record(v.string(), KEPT_LIGHT);
type KeptLights = v.InferOutput<typeof KEPT_LIGHTS>;

/** A light that shows an alert. */
interface TouchedLight {
  former: LightSetting;
  /** The colour in which it would have come on, where it was off. */
  colour?: Record<string, unknown>;
  look: LightLook;
  /** The state in which it got the look, known in this run alone: it says nothing about what became of it. */
  before?: EntityState;
}

export interface AlertLightsOptions {
  hass: HassConnection;
  /** Entity ids. */
  lights: readonly string[];
  /** Whether they pulse, or shine steadily. */
  pulse: boolean;
  /** Keeps what lights were like before an alert, so that they are restored after a crash, too. */
  file: string;
  /** Gets what goes wrong with a light or the file, once until it is mended. */
  report: (error: unknown) => void;
}

/**
 * Lights that show an alert and come back to their former state. One that somebody changed meanwhile, or that does not
 * look as the alert left it, is left alone until the next alert. A group is its members, each of which has a state of its
 * own.
 */
export class AlertLights implements AlertOwner {
  private states: ReadonlyMap<string, EntityState> = new Map();
  /** Whether they came over this connection. */
  private hasStates = false;
  private readonly touched = new Map<string, TouchedLight>();
  /** Lights that somebody took over in this alert. */
  private readonly leftAlone = new Set<string>();
  private look: LightLook | null = null;
  private isBright = true;
  private pulsing: NodeJS.Timeout | undefined;
  private readonly unsubscribe: (() => void)[] = [];
  /** Lights that showed another alert meanwhile. */
  private readonly outshone = new Set<string>();
  /** The entities whose states are followed. */
  private readonly followed = new Set<string>();
  private readonly lamps: SharedLamps;
  private readonly file: StateFile<KeptLights>;
  private saved = '{}';
  private readonly troubles: Troubles;

  constructor(private readonly options: AlertLightsOptions) {
    const { hass, file, report } = options;
    this.lamps = SharedLamps.of(hass.address);
    this.troubles = new Troubles(report);
    this.file = new StateFile(
      {
        path: file,
        what: 'the lights that show an alert',
        version: 1,
        check: json => check(KEPT_LIGHTS, json, 'lights'),
      },
      report,
    );
  }

  /** Restores what an earlier run left behind, as soon as Home Assistant is there. */
  start(): void {
    const kept = this.file.open() ?? {};
    for (const [id, light] of Object.entries(kept))
      this.touched.set(id, { ...light, former: this.lamps.claim(id, this, light.look, light.former) });
    this.saved = JSON.stringify(kept);
    const ids = new Set([...this.options.lights, ...this.touched.keys()]);
    if (ids.size === 0) return;
    const unsubscribeHealth = this.options.hass.onHealth(({ state }) => {
      // Each connection begins with all states anew; a Home Assistant that starts does not have them yet.
      if (state === 'connected') return;
      this.states = new Map();
      this.hasStates = false;
    });
    this.unsubscribe.push(unsubscribeHealth);
    this.follow(ids);
  }

  /** Another alert on a lamp is over. */
  showAgain(lamp: string): void {
    const touched = this.touched.get(lamp);
    if (touched === undefined) return;
    this.outshone.add(lamp);
    this.update();
  }

  /** Shows an alert, or another look of it; null ends it. */
  show(look: LightLook | null): void {
    if (isDeepStrictEqual(look, this.look)) return;
    if (this.look === null || look === null) {
      this.leftAlone.clear();
      clearInterval(this.pulsing);
      this.isBright = true;
      if (look !== null) this.reportUnknown();
      if (look !== null && this.options.pulse)
        this.pulsing = setInterval(
          guard(() => {
            this.work(() => this.pulse());
          }),
          PULSE_MS,
        );
    }
    this.look = look;
    this.update();
  }

  /** Ends the alert. Lights that are out of reach are restored by the next start. */
  async stop(): Promise<void> {
    this.show(null);
    await this.lamps.turns.take(() => Promise.resolve());
    this.lamps.leave(this);
    for (const end of this.unsubscribe.splice(0)) end();
    await this.file.close();
  }

  /** Follows the states of entities, besides those that are followed already. */
  private follow(ids: Iterable<string>): void {
    const added = [...ids].filter(id => !this.followed.has(id));
    if (added.length === 0) return;
    for (const id of added) this.followed.add(id);
    this.unsubscribe.push(
      this.options.hass.subscribe(
        { type: 'subscribe_entities', entity_ids: added },
        ENTITIES_EVENT,
        event => {
          this.states = afterEvent(this.states, event);
          this.hasStates = true;
          this.follow(this.lights);
          this.update();
        },
        this.options.report,
      ),
    );
  }

  /** The lights that show alerts; of a group, as far as it is known, its members. */
  private get lights(): Set<string> {
    const lights = new Set<string>();
    const seen = new Set<string>();
    const add = (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      const members = membersOf(this.states.get(id));
      if (members.length === 0) lights.add(id);
      else members.forEach(add);
    };
    this.options.lights.forEach(add);
    return lights;
  }

  private reportUnknown(): void {
    const { hass, lights } = this.options;
    const unknown = lights.filter(id => !this.states.has(id));
    if (hass.health.state !== 'connected' || !this.hasStates) return;
    if (unknown.length === 0) this.troubles.mend('unknown lights');
    else {
      const text = `Home Assistant does not know ${unknown.join(', ')}.`;
      this.troubles.raise('unknown lights', new DeepInfantError('no-such-light', text));
    }
  }

  private update(): void {
    this.work(async () => {
      const calls: [string, () => Promise<void>][] = [];
      for (const id of new Set([...this.touched.keys(), ...this.lights])) {
        const state = this.states.get(id);
        const call = isReachable(state) && this.next(id, state);
        if (call) calls.push([id, call]);
      }
      // Before any light is touched.
      await this.save();
      await Promise.all(calls.map(([id, call]) => this.attempt(id, call)));
      await this.save();
    });
  }

  private work(job: () => Promise<void>): void {
    guard(() => this.lamps.turns.take(() => this.attempt('lights', job)))();
  }

  /** What is to be done with a light now. */
  private next(id: string, state: EntityState): (() => Promise<void>) | undefined {
    const { look } = this;
    const touched = this.touched.get(id);
    if (touched && this.isChanged(id, state, touched)) {
      this.touched.delete(id);
      this.lamps.release(id, this);
      if (look !== null) this.leftAlone.add(id);
      return;
    }
    if (look === null) return touched && (() => this.restore(id, touched));
    const mayShow = this.lights.has(id) && !this.leftAlone.has(id);
    const isShown = isDeepStrictEqual(touched?.look, look) && !this.outshone.delete(id);
    if (!mayShow || isShown) return;
    const setting = touched ? touched.former : this.lamps.settingOf(id, state);
    const former = this.lamps.claim(id, this, look, setting);
    this.touched.set(id, { ...touched, former, look, before: state });
    return async () => {
      if (touched === undefined && former === null && state.state === 'off' && hasColour(state))
        await this.learnColour(id, look);
      await this.turnOn([id], settingFor(state, look));
    };
  }

  /** Home Assistant does not know the colour of a light that is off: it comes on dimly in it, and is known by then. */
  private async learnColour(id: string, { dim }: LightLook): Promise<void> {
    const before = this.states.get(id);
    await this.turnOn([id], { brightness: dim });
    const deadline = Date.now() + COLOUR_WITHIN_MS;
    while (this.states.get(id) === before && Date.now() < deadline) await sleep(50);
    const setting = settingOf(this.states.get(id) ?? before!);
    const touched = this.touched.get(id);
    if (setting === null || touched === undefined) return;
    const colour = Object.entries(setting).filter(([name]) => name !== 'brightness');
    this.touched.set(id, { ...touched, colour: Object.fromEntries(colour) });
    await this.save();
  }

  private async restore(id: string, { former, colour, look }: TouchedLight): Promise<void> {
    const call = async (action: 'turn_on' | 'turn_off', setting: object = {}): Promise<void> => {
      const context = await this.options.hass.call(`light.${action}`, { entity_id: id, ...setting });
      this.lamps.addRestoring(id, context);
    };
    // Another alert goes on: what the lamp was is kept with it.
    if (this.lamps.release(id, this)) {
      if (former === null) {
        // Switched on the next time, it is not in the alert's colour.
        if (colour && Object.keys(colour).length > 0)
          await call('turn_on', { brightness: look.dim, ...colour });
        await call('turn_off');
      } else await call('turn_on', former);
    }
    this.touched.delete(id);
  }

  /** Whether somebody, or something else, changed a light since it got its look. */
  private isChanged(lamp: string, state: EntityState, { before }: TouchedLight): boolean {
    const { id, user_id: user, parent_id: parent } = state.context;
    if (state === before || this.lamps.isRestored(lamp, state)) return false;
    // Home Assistant takes any change within seconds of a call for its effect, even a wall switch; but an alert turns nothing off.
    if (this.lamps.isOurs(lamp, id) && state.state === 'on') return false;
    // A person is a user, an automation has a parent; a wall switch and the lamp's own reports have neither. An earlier run
    // was a user, too.
    const isOfSomebody = before !== undefined && (user !== null || parent !== null);
    return isOfSomebody || !this.lamps.looksOf(lamp).some(known => shows(state, known));
  }

  private async pulse(): Promise<void> {
    const { look } = this;
    const lights = [...this.touched.keys()].filter(id => {
      const state = this.states.get(id);
      return isReachable(state) && canDim(state) && this.lamps.isShown(id, this);
    });
    if (look === null || lights.length === 0) return;
    this.isBright = !this.isBright;
    await this.turnOn(lights, {
      brightness: this.isBright ? look.bright : look.dim,
      transition: TRANSITION_S,
    });
  }

  private async turnOn(ids: string[], setting: Record<string, unknown>): Promise<void> {
    const context = await this.options.hass.call('light.turn_on', { entity_id: ids, ...setting });
    for (const id of ids) this.lamps.addContext(id, context);
  }

  /** Never rejects. @param what names the job in reports */
  private async attempt(what: string, job: () => Promise<void>): Promise<void> {
    try {
      await job();
      this.troubles.mend(what);
    } catch (error) {
      // A connection that broke is shown as such, and the lights are updated when it is back.
      if (!(error instanceof DeepInfantError && error.code === 'not-connected'))
        this.troubles.raise(what, error);
    }
  }

  /** Keeps what is to be restored. */
  private async save(): Promise<void> {
    const kept = Object.fromEntries(
      [...this.touched].map(([id, { former, colour, look }]) => [
        id,
        { former, look, ...(colour && { colour }) },
      ]),
    );
    const text = JSON.stringify(kept);
    if (text === this.saved) return;
    this.saved = text;
    await this.file.save(() => kept);
  }
}

/** Whether a light can be switched. */
function isReachable(state: EntityState | undefined): state is EntityState {
  return state?.state === 'on' || state?.state === 'off';
}

/** The members of a group of lights; none of anything else. */
function membersOf(state: EntityState | undefined): string[] {
  const { entity_id: members } = state?.attributes ?? {};
  return Array.isArray(members) ? members.map(String).filter(id => id.startsWith('light.')) : [];
}
