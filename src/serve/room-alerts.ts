import path from 'node:path';
import { encodePart } from '../encode-part.js';
import { CryLights } from '../hass/lights/cry-lights.js';
import { Notifications } from '../hass/notify/notifications.js';
import { sayIn } from '../hass/notify/say.js';
import type { SharedHass } from '../hass/shared-hass.js';
import type { HomeAssistantConfig } from './config/schema.js';
import type { Part } from './parts.js';
import type { Room } from './room.js';
import { healthIn } from '../texts/trouble-text.js';

export interface RoomAlertsOptions {
  room: Room;
  shared: SharedHass;
  home: Pick<HomeAssistantConfig, 'notify' | 'lights'>;
  /** Gets what goes wrong, once until it is mended. */
  report: (error: unknown) => void;
}

/** Shows the cries of a room on phones, in the logbook and with the lights of Home Assistant. */
export class RoomAlerts implements Part {
  private running: { notifications: Notifications; lights: CryLights; end: () => void } | undefined;

  constructor(private readonly options: RoomAlertsOptions) {}

  start(): void {
    const { room, shared, home, report } = this.options;
    const { notify, lights: look } = home;
    const { name, folder, language } = room.settings;
    const fileOf = (what: string): string => path.join(folder, `${what}-${encodePart(name)}.json`);
    const hass = shared.open();
    const notifications = new Notifications({
      hass,
      baby: room.babies.length === 1 ? room.babies[0] : undefined,
      phones: notify.phones,
      filter: {
        reasons: notify.reasons,
        minConfidence: notify.min_confidence / 100,
        minDurationS: notify.min_duration_s,
        minIntensity: notify.min_intensity,
        quiet: notify.quiet_hours,
      },
      escalateMs: 60_000 * notify.escalate_after_min,
      lostAfterMs: 60_000 * notify.lost_after_min,
      dashboard: notify.dashboard,
      hasLogbook: notify.logbook,
      say: sayIn(language),
      cryFile: fileOf('notifications'),
      sourceFile: fileOf('lost-sources'),
      answered: ({ cry, reason, baby, at, by }) => {
        room.execute({ do: 'answer', cry: cry.id, at, by, reason, baby }).catch(report);
      },
      report,
      changed: () => undefined,
    });
    const lights = new CryLights({
      hass,
      lights: look.entities,
      colourBy: look.colour_by,
      brightness: look.brightness,
      pulse: look.pulse,
      file: fileOf('lights'),
      report,
      changed: () => undefined,
    });
    const end = room.listen(incoming => {
      const isHealth = incoming.kind === 'health';
      notifications.push(isHealth ? { ...incoming, health: healthIn(language, incoming.health) } : incoming);
      if (incoming.kind === 'cry') lights.push(incoming.cry);
    });
    this.running = { notifications, lights, end };
    notifications.start();
    lights.start();
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    running.end();
    await running.notifications.stop();
    await running.lights.stop();
    await this.options.shared.close();
  }
}
