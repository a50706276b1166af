import { onsetOf } from './cry.js';

/** A file, as Home Assistant's command `media_source/browse_media` describes it. */
export interface MediaItem {
  /** The file's name. */
  title: string;
  media_content_id: string;
  /** A MIME type. */
  media_content_type: string;
  /** Whether it is a folder. */
  can_expand: boolean;
}

/** Whether it is a folder in which the journal keeps what belongs to one baby (nodes/baby-node.ts, keepingOf). */
export function isBabyFolder({ title, can_expand: isFolder }: MediaItem): boolean {
  return isFolder && title.startsWith('baby-');
}

/**
 * The sound and the picture that the journal kept of a cry: its onset in ms is in their names (src/journal/sound-folder.ts).
 * @param cry its id
 */
export function clipsOf(
  items: readonly MediaItem[],
  cry: string,
): { sound: MediaItem | undefined; picture: MediaItem | undefined } {
  const onset = onsetOf(cry);
  const ofKind = (kind: string): MediaItem | undefined =>
    items.find(
      ({ title, media_content_type: type }) => title.includes(`Z-${onset}-`) && type.startsWith(`${kind}/`),
    );
  return { sound: ofKind('audio'), picture: ofKind('image') };
}
