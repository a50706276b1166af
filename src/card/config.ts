/** What a user sets of a card, in YAML or in its editor. */
export interface CardConfig {
  type: string;
  /** Id of the device that the node `deepinfant-entities` makes. */
  device: string;
  /** Folder with clips and pictures, as a media source: `media-source://media_source/local/deepinfant`. */
  media?: string;
}

/** @throws Error that says what to write instead; Home Assistant shows it in the card's place */
export function parseConfig(config: unknown): CardConfig {
  const { type, device, media } = (config ?? {}) as Partial<Record<keyof CardConfig, unknown>>;
  if (typeof type !== 'string') throw new Error('DeepInfant card: no configuration');
  if (typeof device !== 'string' || device === '')
    throw new Error('DeepInfant card: choose the device of your baby (device: its id)');
  if (media === undefined || media === '') return { type, device };
  if (typeof media !== 'string' || !media.startsWith('media-source://'))
    throw new Error('DeepInfant card: media is no folder of a media source (media-source://…)');
  return { type, device, media };
}
