import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { clipsOf, isBabyFolder, type MediaItem } from '../clips.js';
import type { Hass } from '../hass.js';

/** A clip is written when its cry has ended: it is looked for again after this time. */
const AGAIN_MS = 15_000;
const TRIES = 4;

/** Looks in a folder of Home Assistant's media for what was kept of a cry. */
export class Clips implements ReactiveController {
  /** Addresses that can be played and shown, signed for a day. */
  sound?: string;
  picture?: string;
  /** Why the folder could not be read. */
  error?: string;
  private followed = '';
  private again?: number;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.forget('');
  }

  /** Looks for the clip and the picture of a cry, unless these are what it looked for last. @param cry its id */
  follow(hass: Hass, folder: string | undefined, cry: string | undefined): void {
    const followed = folder === undefined || cry === undefined ? '' : `${folder} ${cry}`;
    if (followed === this.followed) return;
    this.forget(followed);
    if (folder !== undefined && cry !== undefined) void this.look(hass, folder, cry, TRIES);
  }

  private forget(followed: string): void {
    clearTimeout(this.again);
    this.followed = followed;
    this.sound = undefined;
    this.picture = undefined;
    this.error = undefined;
  }

  private async look(hass: Hass, folder: string, cry: string, tries: number): Promise<void> {
    const { followed } = this;
    const found: Pick<Clips, 'sound' | 'picture' | 'error'> = {};
    try {
      const { sound, picture } = clipsOf(await filesIn(hass, folder), cry);
      found.sound = await addressOf(hass, sound);
      found.picture = await addressOf(hass, picture);
    } catch (error) {
      found.error = (error as { message?: string }).message ?? String(error);
    }
    // Meanwhile there may be another cry.
    if (followed !== this.followed) return;
    Object.assign(this, found);
    this.host.requestUpdate();
    if (found.sound === undefined && tries > 1)
      this.again = window.setTimeout(() => void this.look(hass, folder, cry, tries - 1), AGAIN_MS);
  }
}

/** What lies in a folder, and in those of the babies in it. */
async function filesIn(hass: Hass, folder: string): Promise<MediaItem[]> {
  const command = { type: 'media_source/browse_media', media_content_id: folder };
  const { children } = await hass.callWS<{ children: MediaItem[] }>(command);
  const ofBabies = children.filter(isBabyFolder).map(baby => filesIn(hass, baby.media_content_id));
  return [...children, ...(await Promise.all(ofBabies)).flat()];
}

async function addressOf(hass: Hass, item: MediaItem | undefined): Promise<string | undefined> {
  if (item === undefined) return undefined;
  const command = { type: 'media_source/resolve_media', media_content_id: item.media_content_id };
  return (await hass.callWS<{ url: string }>(command)).url;
}
