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

  private constructor(
    private readonly home: HomeAssistant,
    private readonly webhookId: string,
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
    const phone = new Phone(home, webhookId, `notify.mobile_app_${slug}`);
    await home.connection.subscribeMessage(
      (notification: PushedNotification & { hass_confirm_id: string }) => {
        const { hass_confirm_id: confirmId, ...pushed } = notification;
        phone.notifications.push(pushed);
        home.connection.sendMessage({
          type: 'mobile_app/push_notification_confirm',
          webhook_id: webhookId,
          confirm_id: confirmId,
        });
      },
      { type: 'mobile_app/push_notification_channel', webhook_id: webhookId, support_confirm: true },
    );
    return phone;
  }

  /** Taps a button of a notification. */
  async tap(action: string, tag: string): Promise<void> {
    await this.home.ask('POST', `/api/webhook/${this.webhookId}`, {
      type: 'fire_event',
      data: { event_type: 'mobile_app_notification_action', event_data: { action, tag } },
    });
  }
}
