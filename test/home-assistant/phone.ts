import { until } from '../until.js';
import type { HomeAssistant } from './home-assistant.js';

/** What Home Assistant pushes to a phone. */
export interface PushedNotification {
  message: string;
  title?: string;
  data?: { tag?: string; actions?: { action: string; title: string }[]; [option: string]: unknown };
}

/** A phone with the companion app, as far as Home Assistant can tell: registered, and reached over its own connection. */
export class Phone {
  /** What was pushed to it, oldest first. */
  readonly notifications: PushedNotification[] = [];
  /** When each came, epoch ms. */
  readonly times = new WeakMap<PushedNotification, number>();
  /** Ends its connection: it is out of reach. */
  leave!: () => Promise<void>;

  private constructor(
    private readonly home: HomeAssistant,
    private readonly webhookId: string,
    readonly name: string,
    /** The action that notifies it. */
    readonly notify: string,
  ) {}

  /** @param name such as `Fake Phone`, whose action is `notify.mobile_app_fake_phone` */
  static async register(home: HomeAssistant, name: string): Promise<Phone> {
    const slug = name.toLowerCase().replaceAll(' ', '_');
    const { webhook_id: webhookId } = await home.ask<{ webhook_id: string }>(
      'POST',
      '/api/mobile_app/registrations',
      {
        device_id: slug,
        device_name: name,
        app_id: 'org.example.phone',
        app_name: 'Phone',
        app_version: '1.0',
        manufacturer: 'Test',
        model: 'Phone',
        os_name: 'Android',
        os_version: '16',
        supports_encryption: false,
        app_data: { push_websocket_channel: true },
      },
    );
    const phone = new Phone(home, webhookId, name, `notify.mobile_app_${slug}`);
    await phone.connect();
    home.connection.addEventListener('ready', () => void phone.connect());
    return phone;
  }

  /** Opens its channel, as soon as a Home Assistant that starts knows it. */
  private async connect(): Promise<void> {
    await until(
      () =>
        this.openChannel().then(
          () => true,
          () => false,
        ),
      'the channel',
      60_000,
    );
  }

  private async openChannel(): Promise<void> {
    const { home, webhookId } = this;
    this.leave = await home.connection.subscribeMessage(
      (notification: PushedNotification & { hass_confirm_id: string }) => {
        const { hass_confirm_id: confirmId, ...pushed } = notification;
        this.times.set(pushed, Date.now());
        this.notifications.push(pushed);
        home.connection.sendMessage({
          type: 'mobile_app/push_notification_confirm',
          webhook_id: webhookId,
          confirm_id: confirmId,
        });
      },
      { type: 'mobile_app/push_notification_channel', webhook_id: webhookId, support_confirm: true },
      { resubscribe: false },
    );
  }

  /** The notifications on its screen by their tags, as the newest of each left them. */
  get screen(): Map<string, PushedNotification> {
    return new Map(this.notifications.map(notification => [notification.data!.tag!, notification]));
  }

  /** Taps a button of a notification. */
  async tap(action: string, tag: string): Promise<void> {
    await this.fire('mobile_app_notification_action', { action, tag });
  }

  /** Taps the button of this title, of the newest notification. */
  async tapTitle(title: string): Promise<void> {
    const { tag = '', actions = [] } = this.notifications.at(-1)?.data ?? {};
    const button = actions.find(action => action.title === title);
    if (button === undefined) throw new Error(`no button '${title}': ${JSON.stringify(actions)}`);
    await this.tap(button.action, tag);
  }

  /** Puts the newest notification away, as Android tells it. */
  async putAway(): Promise<void> {
    const { tag, actions = [] } = this.notifications.at(-1)!.data!;
    const keys = Object.fromEntries(
      actions.map(({ action }, index): [string, string] => [`action_${index + 1}_key`, action]),
    );
    await this.fire('mobile_app_notification_cleared', { tag, ...keys });
  }

  /** Takes another name, which renames the action that notifies it. */
  async rename(name: string): Promise<void> {
    await this.post('update_registration', {
      app_version: '1.0',
      device_name: name,
      manufacturer: 'Test',
      model: 'Phone',
      os_version: '16',
      app_data: { push_websocket_channel: true },
    });
  }

  private async fire(type: string, data: object): Promise<void> {
    await this.post('fire_event', { event_type: type, event_data: data });
  }

  private async post(type: string, data: object): Promise<void> {
    await this.home.ask('POST', `/api/webhook/${this.webhookId}`, { type, data });
  }
}
