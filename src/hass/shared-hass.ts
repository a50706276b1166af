import { messageOf } from '../errors.js';
import { Troubles } from '../troubles.js';
import type { HassLogin } from './address.js';
import { HassConnection, type HassHealth } from './connection.js';
import type { HomeZone } from './home-zone.js';

/** One connection for several users; it is open while any uses it. */
export class SharedHass {
  private hass: HassConnection | undefined;
  private users = 0;
  private readonly troubles: Troubles;

  /** @param report gets what is wrong with the connection, once until it is mended */
  constructor(
    private readonly login: HassLogin,
    private readonly zone: HomeZone,
    private readonly report: (error: string) => void,
  ) {
    this.troubles = new Troubles(error => {
      report(messageOf(error));
    });
  }

  /** The state of the connection, while anybody uses it. */
  get health(): HassHealth | undefined {
    return this.hass?.health;
  }

  /** The connection for one more user, who closes it in the end. */
  open(): HassConnection {
    this.users++;
    this.hass ??= this.connect();
    return this.hass;
  }

  /** Ends the connection when its last user closes it. */
  async close(): Promise<void> {
    if (--this.users > 0) return;
    const { hass } = this;
    this.hass = undefined;
    await hass?.stop();
    await this.zone.close();
  }

  private connect(): HassConnection {
    const hass = new HassConnection(this.login, error => {
      this.report(messageOf(error));
    });
    this.zone.open();
    hass.onHealth(({ state, error }) => {
      if (state === 'connected') {
        this.troubles.mend('connection');
        // One that breaks off at once is asked again when it is back.
        this.zone.learn(hass).catch(() => undefined);
      }
      // A Home Assistant that is off for a day is reported once, not at each of a thousand tries.
      if (error !== undefined) this.troubles.raise('connection', error);
    });
    hass.start();
    return hass;
  }
}
