/** What Home Assistant's command `media_source/browse_media` tells of a file. */
export interface MediaItem {
  /** The file's name. */
  title: string;
  media_content_id: string;
  /** A MIME type. */
  media_content_type: string;
}

/** The end of what a Date can say, in epoch ms. */
const LATEST = 8.64e15;

/**
 * The sound and the picture that the journal kept of a cry: their names begin with the second of its onset.
 * @param cry its id, which ends with the onset in epoch ms
 */
export function clipsOf(
  items: readonly MediaItem[],
  cry: string,
): { sound: MediaItem | undefined; picture: MediaItem | undefined } {
  const onset = Number(/@(\d+)$/.exec(cry)?.[1] ?? NaN);
  if (!(onset <= LATEST)) return { sound: undefined, picture: undefined };
  const time = new Date(onset).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(':', '-');
  const ofKind = (kind: string): MediaItem | undefined =>
    items.find(
      ({ title, media_content_type: type }) => title.startsWith(`${time}-`) && type.startsWith(`${kind}/`),
    );
  return { sound: ofKind('audio'), picture: ofKind('image') };
}
