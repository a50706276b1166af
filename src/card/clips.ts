/** What Home Assistant's command `media_source/browse_media` tells of a file. */
export interface MediaItem {
  /** The file's name. */
  title: string;
  media_content_id: string;
  /** A MIME type. */
  media_content_type: string;
}

/** The sound and the picture that were kept of a cry: the onset in milliseconds, with which its id ends, is in their names. */
export function clipsOf(
  items: readonly MediaItem[],
  cry: string,
): { sound: MediaItem | undefined; picture: MediaItem | undefined } {
  const onset = /@(\d+)$/.exec(cry)?.[1];
  const kept = items.filter(({ title }) => title.match(/\d+/g)?.some(number => number === onset));
  const ofKind = (kind: string): MediaItem | undefined =>
    kept.find(({ media_content_type: type }) => type.startsWith(`${kind}/`));
  return { sound: ofKind('audio'), picture: ofKind('image') };
}
