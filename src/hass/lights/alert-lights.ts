import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { check } from '../../check.js';
import { DeepInfantError } from '../../errors.js';
import { guard } from '../../guard.js';
import { Troubles } from '../../troubles.js';
import { Turns } from '../../turns.js';
import type { HassConnection } from '../connection.js';
import { afterEvent, ENTITIES_EVENT, type EntityState } from '../entity-states.js';
import { StateFile } from '../../files/state-file.js';
import { canDim, settingFor, settingOf, shows, type LightLook, type LightSetting } from './light-look.js';

/** From dim to bright, and back in as long. */
const PULSE_MS = 2500;
const TRANSITION_S = 2;

const channel = v.pipe(v.number(), v.minValue(0), v.maxValue(255));

/** A light that shows an alert, as it is kept. */
const KEPT_LIGHT = v.object({
  former: v.nullable(v.record(v.string(), v.unknown())),
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
  look: LightLook;
  /** Known in this run alone. */
  run?: {
    /** The state in which it got the look: it says nothing about what became of it. */
    before: EntityState;
    /** The contexts of what was done to it. */
    contexts: Set<string>;
  };
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
 * look as the alert left it, is left alone until the next alert.
 */
export class AlertLights {
  private states: ReadonlyMap<string, EntityState> = new Map();
  private readonly touched = new Map<string, TouchedLight>();
  /** Lights that somebody took over in this alert. */
  private readonly leftAlone = new Set<string>();
  private look: LightLook | null = null;
  private isBright = true;
  private pulsing: NodeJS.Timeout | undefined;
  private unsubscribe = (): void => undefined;
  /** One job after another: a call is known before the change that it made is judged. */
  private readonly turns = new Turns();
  private readonly file: StateFile<KeptLights>;
  private saved = '{}';
  private readonly troubles: Troubles;

  constructor(private readonly options: AlertLightsOptions) {
    const { file, report } = options;
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
    for (const [id, light] of Object.entries(kept)) this.touched.set(id, light);
    this.saved = JSON.stringify(kept);
    const ids = new Set([...this.options.lights, ...this.touched.keys()]);
    if (ids.size === 0) return;
    const unsubscribeHealth = this.options.hass.onHealth(({ state }) => {
      // Each connection begins with all states anew; a Home Assistant that starts does not have them yet.
      if (state !== 'connected') this.states = new Map();
    });
    const unsubscribe = this.options.hass.subscribe(
      { type: 'subscribe_entities', entity_ids: [...ids] },
      ENTITIES_EVENT,
      event => {
        this.states = afterEvent(this.states, event);
        this.update();
      },
      this.options.report,
    );
    this.unsubscribe = () => {
      unsubscribeHealth();
      unsubscribe();
    };
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
    await this.turns.take(() => Promise.resolve());
    this.unsubscribe();
    await this.file.close();
  }

  private reportUnknown(): void {
    const { hass, lights } = this.options;
    const unknown = lights.filter(id => !this.states.has(id));
    if (hass.health.state !== 'connected') return;
    if (unknown.length === 0) this.troubles.mend('unknown lights');
    else {
      const text = `Home Assistant does not know ${unknown.join(', ')}.`;
      this.troubles.raise('unknown lights', new DeepInfantError('no-such-light', text));
    }
  }

  private update(): void {
    this.work(async () => {
      const calls: [string, () => Promise<void>][] = [];
      for (const id of new Set([...this.touched.keys(), ...this.options.lights])) {
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
    guard(() => this.turns.take(() => this.attempt('lights', job)))();
  }

  /** What is to be done with a light now. */
  private next(id: string, state: EntityState): (() => Promise<void>) | undefined {
    const { look } = this;
    const touched = this.touched.get(id);
    if (touched && isChanged(state, touched)) {
      this.touched.delete(id);
      if (look !== null) this.leftAlone.add(id);
      return;
    }
    if (look === null) return touched && (() => this.restore(id, touched.former));
    const mayShow = this.options.lights.includes(id) && !this.leftAlone.has(id);
    if (!mayShow || isDeepStrictEqual(touched?.look, look)) return;
    const former = touched ? touched.former : settingOf(state);
    const contexts = touched?.run?.contexts ?? new Set();
    this.touched.set(id, { former, look, run: { before: state, contexts } });
    return () => this.turnOn([id], settingFor(state, look));
  }

  private async restore(id: string, former: LightSetting): Promise<void> {
    const { hass } = this.options;
    if (former === null) await hass.call('light.turn_off', { entity_id: id });
    else await hass.call('light.turn_on', { entity_id: id, ...former });
    this.touched.delete(id);
  }

  private async pulse(): Promise<void> {
    const { look } = this;
    const lights = [...this.touched.keys()].filter(id => {
      const state = this.states.get(id);
      return isReachable(state) && canDim(state);
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
    for (const id of ids) this.touched.get(id)?.run?.contexts.add(context);
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
      [...this.touched].map(([id, { former, look }]) => [id, { former, look }]),
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

/** Whether somebody, or something else, changed a light since it got its look. */
function isChanged(state: EntityState, { look, run }: TouchedLight): boolean {
  const { id, user_id: user, parent_id: parent } = state.context;
  if (state === run?.before) return false;
  // Home Assistant takes any change within seconds of a call for its effect, even a wall switch; but an alert turns nothing off.
  if (run?.contexts.has(id) && state.state === 'on') return false;
  // A person is a user, an automation has a parent; a wall switch and the lamp's own reports have neither. An earlier run
  // was a user, too.
  const isOfSomebody = run !== undefined && (user !== null || parent !== null);
  return isOfSomebody || !shows(state, look);
}
