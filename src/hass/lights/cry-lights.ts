import type { CryEvent } from '../../values.js';
import { RunningCries } from '../running-cries.js';
import { AlertLights, type AlertLightsOptions } from './alert-lights.js';
import { type CryLookSettings, lookOf } from './cry-look.js';

export interface CryLightsOptions extends AlertLightsOptions, CryLookSettings {
  /** Is called when `isAlert` may have changed. */
  changed: () => void;
}

/** Lights that show the newest of the cries that go on. */
export class CryLights {
  private readonly lights: AlertLights;
  private readonly cries = new RunningCries(() => {
    this.show();
  });

  constructor(private readonly options: CryLightsOptions) {
    this.lights = new AlertLights(options);
  }

  get isAlert(): boolean {
    return this.cries.newest !== undefined;
  }

  /** Restores what an earlier run left behind, as soon as Home Assistant is there. */
  start(): void {
    this.lights.start();
  }

  push(event: CryEvent): void {
    this.cries.push(event);
    this.show();
  }

  /** Ends the alert. Lights that are out of reach are restored by the next start. */
  async stop(): Promise<void> {
    this.cries.clear();
    await this.lights.stop();
  }

  private show(): void {
    const cry = this.cries.newest;
    this.lights.show(cry ? lookOf(cry, this.options) : null);
    this.options.changed();
  }
}
