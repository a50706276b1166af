export interface EntitiesSettings {
  /** The device's name in Home Assistant. */
  name: string;
  /** Id of an mqtt-broker node. */
  broker: string;
}

export const ENTITIES_DEFAULTS: EntitiesSettings = {
  name: '',
  broker: '',
};
