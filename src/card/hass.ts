/**
 * What the card uses of the object that Home Assistant's frontend hands to cards. The interface is not published; its source
 * is src/types.ts of github.com/home-assistant/frontend.
 */
export interface Hass {
  states: Readonly<Record<string, HassEntity | undefined>>;
  /** What the registries hold, by id. */
  entities: Readonly<Record<string, HassRegistryEntity | undefined>>;
  devices: Readonly<Record<string, HassDevice | undefined>>;
  locale: HassLocale;
  /** Whether the states are those of now. */
  connected: boolean;
  config: {
    /** Home Assistant's own. */
    time_zone: string;
  };
  connection: {
    /** @param options.resubscribe whether to subscribe again, once, after the connection was lost. Resolves to what ends it. */
    subscribeMessage(
      receive: (message: unknown) => void,
      command: { type: string },
      options: { resubscribe: boolean },
    ): Promise<() => Promise<void>>;
  };
  callWS<Answer>(command: { type: string }): Promise<Answer>;
  callService(domain: string, service: string, data: object): Promise<unknown>;
}

export interface HassEntity {
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  /** In ISO form. */
  last_changed: string;
}

interface HassRegistryEntity {
  entity_id: string;
  device_id?: string | null;
}

export interface HassDevice {
  id: string;
  name: string | null;
  name_by_user: string | null;
  manufacturer: string | null;
  sw_version?: string | null;
  identifiers: readonly (readonly [domain: string, id: string])[];
}

/** The user's settings. */
export interface HassLocale {
  /** A BCP 47 tag, such as `de` or `pt-BR`. */
  language: string;
  time_format: 'language' | 'system' | '12' | '24';
  /** Whose time zone is shown: the browser's, or Home Assistant's. */
  time_zone: 'local' | 'server';
}
