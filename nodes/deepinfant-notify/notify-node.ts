import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { Baby } from '../../src/baby/baby.js';
import { messageOf } from '../../src/errors.js';
import type { HassConnection } from '../../src/hass/connection.js';
import { readIncoming } from '../../src/hass/incoming.js';
import type { CryFilter, QuietHours } from '../../src/hass/notify/cry-filter.js';
import type { TapNews } from '../../src/hass/notify/notification-plan.js';
import { Notifications } from '../../src/hass/notify/notifications.js';
import { sayIn } from '../../src/hass/notify/say.js';
import type { SharedHass } from '../../src/hass/shared-hass.js';
import { type Language, languageOf } from '../../src/texts/language.js';
import { healthIn } from '../../src/texts/trouble-text.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import { STATUS_OF_HASS } from '../shared-hass.js';
import type { NotifySettings } from './settings.js';

const STATUS_BY_STATE: Record<
  'waiting' | 'noPhones' | 'notified' | 'answered' | 'failing' | 'notAdmin',
  StatusForm
> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-notify.status.waiting' },
  noPhones: { fill: 'yellow', shape: 'ring', text: 'deepinfant-notify.status.noPhones' },
  notified: { fill: 'blue', shape: 'dot', text: 'deepinfant-notify.status.notified' },
  answered: { fill: 'green', shape: 'dot', text: 'deepinfant-notify.status.answered' },
  failing: { fill: 'red', shape: 'ring', text: 'deepinfant-notify.status.failing' },
  notAdmin: { fill: 'yellow', shape: 'ring', text: 'deepinfant-notify.status.notAdmin' },
};

interface Parts {
  shared: SharedHass;
  baby: Baby | undefined;
  settings: NotifySettings;
}

/** Notifies people of cries, on their phones and in Home Assistant's logbook, and sends on their answers. */
export class NotifyNode implements NodeWork {
  private hass: HassConnection | undefined;
  private notifications: Notifications | undefined;
  private unsubscribe = (): void => undefined;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly parts: Parts,
  ) {
    this.showStatus = statusOf(RED, node, { ...STATUS_OF_HASS, ...STATUS_BY_STATE });
  }

  start(): void {
    const { RED, node } = this;
    const { shared, settings, baby } = this.parts;
    const hass = shared.open();
    this.hass = hass;
    this.unsubscribe = hass.onHealth(() => {
      this.showState();
    });
    this.notifications = new Notifications({
      hass,
      baby,
      phones: settings.phones,
      filter: filterOf(settings),
      escalateMs: 60_000 * settings.escalateMin,
      lostAfterMs: 60_000 * settings.lostMin,
      dashboard: settings.dashboard,
      hasLogbook: settings.log,
      say: sayIn(this.language),
      cryFile: dataFile(RED, 'notifications', node.id),
      sourceFile: dataFile(RED, 'lost-sources', node.id),
      answered: news => {
        this.sendAnswer(news);
      },
      report: error => {
        // No message caused it; with one, a catch node gets it, too, and may notify somebody in another way.
        node.error(messageOf(error), {});
      },
      changed: () => {
        this.showState();
      },
    });
    this.notifications.start();
  }

  input(msg: NodeMessage): void {
    const incoming = readIncoming(msg.payload);
    const isHealth = incoming.kind === 'health';
    this.notifications?.push(
      isHealth ? { ...incoming, health: healthIn(this.language, incoming.health) } : incoming,
    );
  }

  async stop(): Promise<void> {
    const { notifications } = this;
    if (notifications === undefined) return;
    this.notifications = undefined;
    await notifications.stop();
    this.unsubscribe();
    await this.parts.shared.close();
  }

  private get language(): Language {
    return languageOf(this.RED._('deepinfant-notify.language'));
  }

  private sendAnswer({ cry, reason, baby, at, by }: TapNews): void {
    const payload = { cry: cry.id, at, by, ...(reason && { answer: reason }), ...(baby && { baby }) };
    this.node.send({ topic: 'answer', payload });
  }

  private showState(): void {
    const { state = 'stopped' } = this.hass?.health ?? {};
    const { failing = [], newest, receivesTaps } = this.notifications?.notifier ?? {};
    if (state !== 'connected') this.showStatus(state);
    else if (failing.length > 0) this.showStatus('failing');
    else if (receivesTaps === false) this.showStatus('notAdmin');
    else if (this.parts.settings.phones.length === 0) this.showStatus('noPhones');
    else this.showStatus(newest === undefined ? 'waiting' : newest.answer ? 'answered' : 'notified');
  }
}

function quietOf({ quietFrom: from, quietTo: to }: NotifySettings): QuietHours | undefined {
  return from !== '' && to !== '' ? { from, to } : undefined;
}

function filterOf(settings: NotifySettings): CryFilter {
  const { reasons, minConfidence, minDurationS, minIntensity } = settings;
  return {
    reasons,
    minConfidence: minConfidence / 100,
    minDurationS,
    minIntensity,
    quiet: quietOf(settings),
  };
}
