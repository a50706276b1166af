import type { Hass, HassDevice, HassEntity } from './hass.js';

/** The entities of a device that the card looks at, as src/hass/device/discovery.ts names them. */
export const ENTITY_KEYS = [
  'crying',
  'cry',
  'reason',
  'confidence',
  'intensity',
  'last_cry',
  'cries_tonight',
  'health',
  'accuracy',
  'answer',
  'listening',
  // Only with several babies.
  'who',
  'baby',
] as const;
export type EntityKey = (typeof ENTITY_KEYS)[number];

/** Ids of the entities of one device. An entity that is disabled or was removed is missing. */
export type EntityIds = Partial<Record<EntityKey, string>>;

/** Our devices, the first of which a new card shows. */
export function ourDevices(hass: Pick<Hass, 'devices'>): HassDevice[] {
  return Object.values(hass.devices).filter(device => device?.manufacturer === 'DeepInfant') as HassDevice[];
}

/**
 * The entities of a device, whatever their users call them: the registry's unique ids tell which is which.
 * @param device one of ours
 * @throws when Home Assistant does not answer
 */
export async function findEntities(hass: Hass, device: HassDevice): Promise<EntityIds> {
  const ids = Object.values(hass.entities).flatMap(entity =>
    entity?.device_id === device.id ? [entity.entity_id] : [],
  );
  if (ids.length === 0) return {};
  const command = { type: 'config/entity_registry/get_entries', entity_ids: ids };
  const entries = await hass.callWS<Record<string, { unique_id: string } | null>>(command);
  const found = device.identifiers.flatMap(([, identifier]) =>
    ENTITY_KEYS.map(key => [key, ids.find(id => entries[id]?.unique_id === `${identifier}_${key}`)] as const),
  );
  return Object.fromEntries(found.filter(([, id]) => id !== undefined));
}

/** The state of an entity, undefined where it is not known. */
export function knownState(entity: HassEntity | undefined): string | undefined {
  return entity === undefined || ['unknown', 'unavailable'].includes(entity.state) ? undefined : entity.state;
}

/** The state of a sensor of numbers, undefined where it is not known. */
export function knownNumber(entity: HassEntity | undefined): number | undefined {
  const number = Number(knownState(entity) ?? NaN);
  return Number.isFinite(number) ? number : undefined;
}
