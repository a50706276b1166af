import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DeepInfantError, messageOf } from '../../errors.js';
import { writeAtomically } from '../../files/write-atomically.js';
import type { HassConnection } from '../connection.js';
import { afterEvent, type EntitiesEvent, type EntityState } from '../entity-states.js';
import { canDim, settingFor, settingOf, shows, type LightLook, type LightSetting } from './light-look.js';

/** From dim to bright, and back in as long. */
const PULSE_MS = 2500;
const TRANSITION_S = 2;

/** A light that shows an alert. */
interface Touched {
  former: LightSetting;
  look: LightLook;
  /** What is known of it in this run alone. */
  run?: {
    /** The state in which it was told to show the look: no news of what became of it. */
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
  /** Keeps what lights were before an alert, so that they are restored after a crash, too. */
  file: string;
  /** Gets what goes wrong with a light. */
  report: (error: unknown) => void;
}

/**
 * Lights that show an alert and come back to their former state. One that somebody changed meanwhile, or that does not
 * look as the alert left it, is left alone until the next alert.
 */
export class AlertLights {
  private states: ReadonlyMap<string, EntityState> = new Map();
  private readonly touched = new Map<string, Touched>();
  /** Lights that somebody took over in this alert. */
  private readonly leftAlone = new Set<string>();
  private look: LightLook | null = null;
  private isBright = true;
  private pulsing: NodeJS.Timeout | undefined;
  private unsubscribe = (): void => undefined;
  private working: Promise<void> = Promise.resolve();
  private saved = '{}';
  private isStopped = false;

  constructor(private readonly options: AlertLightsOptions) {}

  /** Restores what an earlier run left behind, as soon as Home Assistant is there. */
  async start(): Promise<void> {
    await this.load();
    if (this.isStopped) return;
    const ids = new Set([...this.options.lights, ...this.touched.keys()]);
    if (ids.size === 0) return;
    const unhear = this.options.hass.onHealth(({ state }) => {
      // Each connection begins with all states anew; a Home Assistant that starts does not have them yet.
      if (state !== 'connected') this.states = new Map();
    });
    const unsubscribe = this.options.hass.subscribe(
      { type: 'subscribe_entities', entity_ids: [...ids] },
      (event: EntitiesEvent) => {
        this.states = afterEvent(this.states, event);
        this.tend();
      },
      this.options.report,
    );
    this.unsubscribe = () => {
      unhear();
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
        this.pulsing = setInterval(() => {
          this.work(() => this.pulse());
        }, PULSE_MS);
    }
    this.look = look;
    this.tend();
  }

  /** Ends the alert. Lights that are out of reach are restored by the next start. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.show(null);
    await this.working;
    this.unsubscribe();
  }

  private reportUnknown(): void {
    const { hass, lights, report } = this.options;
    const unknown = lights.filter(id => !this.states.has(id));
    if (hass.health.state === 'connected' && unknown.length > 0)
      report(new DeepInfantError('no-such-light', `Home Assistant has no ${unknown.join(', ')}.`));
  }

  private tend(): void {
    this.work(async () => {
      const calls: (() => Promise<void>)[] = [];
      for (const id of new Set([...this.touched.keys(), ...this.options.lights])) {
        const state = this.states.get(id);
        const call = isReachable(state) && this.next(id, state);
        if (call) calls.push(call);
      }
      // Before any light is touched.
      await this.save();
      await Promise.all(calls.map(call => call().catch(this.report)));
      await this.save();
    });
  }

  /** One job after another, so that what was called is known before what it changed is judged. */
  private work(job: () => Promise<void>): void {
    this.working = this.working.then(job).catch(this.report);
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

  private readonly report = (error: unknown): void => {
    // A connection that broke is shown as such, and the lights are tended when it is back.
    if (!(error instanceof DeepInfantError && error.code === 'not-connected')) this.options.report(error);
  };

  /** Keeps what is to be restored. */
  private async save(): Promise<void> {
    const { file } = this.options;
    const kept = [...this.touched].map(([id, { former, look }]) => [id, { former, look }]);
    const text = JSON.stringify(Object.fromEntries(kept));
    if (text === this.saved) return;
    await mkdir(path.dirname(file), { recursive: true });
    await writeAtomically(file, text);
    this.saved = text;
  }

  private async load(): Promise<void> {
    const { file, report } = this.options;
    try {
      this.saved = await readFile(file, 'utf8');
      const kept = JSON.parse(this.saved) as Record<string, Touched>;
      for (const [id, touched] of Object.entries(kept)) this.touched.set(id, touched);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      report(
        new DeepInfantError(
          'lights-file',
          `${file} cannot be read (${messageOf(error)}): lights are not restored.`,
        ),
      );
    }
  }
}

/** A light is reachable when it can be told something. */
function isReachable(state: EntityState | undefined): state is EntityState {
  return state?.state === 'on' || state?.state === 'off';
}

/** Whether somebody, or something else, changed a light since it was told to show its look. */
function isChanged(state: EntityState, { look, run }: Touched): boolean {
  const { id, user_id: user, parent_id: parent } = state.context;
  if (state === run?.before) return false;
  // What is reported within seconds of a call counts as its doing, a wall switch, too; but an alert turns nothing off.
  if (run?.contexts.has(id) && state.state === 'on') return false;
  // A person is a user, an automation has a parent; a wall switch and what the lamp says of itself have neither. What an
  // earlier run did is a user's, too.
  const isSomebodys = run !== undefined && (user !== null || parent !== null);
  return isSomebodys || !shows(state, look);
}
