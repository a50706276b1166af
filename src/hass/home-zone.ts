import * as v from 'valibot';
import { check } from '../check.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { Troubles } from '../troubles.js';
import { processZone, setHomeZone } from '../wall-clock.js';
import type { HassConnection } from './connection.js';
import { StateFile } from '../files/state-file.js';

const KEPT_ZONE = v.object({ timeZone: v.string() });
type KeptZone = v.InferOutput<typeof KEPT_ZONE>;

export interface HomeZoneOptions {
  /** Keeps the zone: a start before Home Assistant's goes by it, too. */
  file: string;
  /** Gets what goes wrong. */
  report: (error: unknown) => void;
  /** Gets, once, how the process's zone differs from the home's. */
  warn: (text: string) => void;
}

/** Those that are open: several nodes may be connected, each for itself. */
const openZones = new Set<HomeZone>();

/** The home's time zone, which Home Assistant knows. */
export class HomeZone {
  private readonly file: StateFile<KeptZone>;
  private readonly warnings: Troubles;
  private kept: string | undefined;
  /** The zone that it last took. */
  private used: string | undefined;

  constructor(private readonly options: HomeZoneOptions) {
    const { file: path, report, warn } = options;
    this.file = new StateFile(
      {
        path,
        what: "the home's time zone",
        version: 1,
        check: json => check(KEPT_ZONE, json, "home's time zone"),
      },
      report,
    );
    this.warnings = new Troubles(text => {
      warn(String(text));
    });
  }

  /** Takes up what an earlier run kept. */
  open(): void {
    openZones.add(this);
    this.kept = this.file.open()?.timeZone;
    if (this.kept !== undefined) this.use(this.kept);
  }

  /** Takes the zone of a Home Assistant that is connected. */
  async learn(hass: HassConnection): Promise<void> {
    const timeZone = await hass.timeZone();
    this.use(timeZone);
    if (timeZone === this.kept) return;
    this.kept = timeZone;
    await this.file.save(() => ({ timeZone }));
  }

  /** From now on it is the zone of another that is open, else the process's. */
  close(): Promise<void> {
    openZones.delete(this);
    setHomeZone([...openZones].findLast(({ used }) => used !== undefined)?.used);
    return this.file.close();
  }

  private use(timeZone: string): void {
    try {
      const isOther = setHomeZone(timeZone);
      this.used = timeZone;
      if (isOther)
        this.warnings.raise(
          'zone',
          `Home Assistant's time zone is ${timeZone}, and this program's is ${processZone()}. DeepInfant uses ${timeZone}. Start this program with TZ=${timeZone} to use it everywhere.`,
        );
      else this.warnings.mend('zone');
    } catch (error) {
      this.options.report(
        new DeepInfantError(
          'time-zone',
          `Home Assistant's time zone '${timeZone}' is not known here: ${messageOf(error)}. Update Node.js.`,
        ),
      );
    }
  }
}
