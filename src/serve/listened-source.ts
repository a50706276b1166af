import { LiveFeed } from '../audio/live/live-feed.js';
import type { LiveSource, LiveSources } from '../audio/live/live-sources.js';
import { demoSource, recordingSource } from '../audio/live/recording-source.js';
import { cameraSource, microphoneSource } from '../audio/live/source.js';
import { hassCameraSource, type HassShare } from '../hass/camera.js';
import type { AudioChunk, SourceHealth } from '../values.js';
import type { SourceConfig } from './config/schema.js';
import type { Part } from './parts.js';

/** Where the sound and the health of a source go. */
export interface SourceListener {
  chunk(chunk: AudioChunk): void;
  /** No more sound belongs to what was heard so far. Resolves when all of it is scored. */
  complete(): Promise<void>;
  health(health: SourceHealth): void;
}

/** A source of a room. */
export interface RunningSource extends Part {
  /** Undefined before its start. */
  readonly health: SourceHealth | undefined;
  /** Whether its sound is heard here. */
  readonly hasSound: boolean;
  /** Listens to it from now on, or not. */
  listen(isWanted: boolean): Promise<void>;
}

/** A source that is listened to as long as somebody wants it. */
export class ListenedSource implements RunningSource {
  readonly hasSound = true;
  private readonly feed: LiveFeed;
  private completing: Promise<void> = Promise.resolve();

  /** @param isWanted whether to listen when it starts */
  constructor(
    name: string,
    sources: LiveSources,
    source: () => LiveSource,
    listener: SourceListener,
    private readonly isWanted: () => boolean,
  ) {
    this.feed = new LiveFeed(sources, name, source, {
      ...listener,
      complete: () => {
        this.completing = listener.complete();
      },
    });
  }

  get health(): SourceHealth | undefined {
    return this.feed.health;
  }

  async start(): Promise<void> {
    if (this.isWanted()) this.feed.start();
    else await this.feed.stop();
  }

  listen(isWanted: boolean): Promise<void> {
    return isWanted ? this.start() : this.stop();
  }

  /** Resolves when all that was heard is scored, and a cry that went on is ended. */
  async stop(): Promise<void> {
    await this.feed.stop();
    await this.completing;
  }
}

/** A source whose sound is heard here. */
export type SoundSourceConfig = Exclude<SourceConfig, { type: 'satellite' }>;

/** The source that the configuration describes. @param share the connection for cameras of Home Assistant */
export function liveSourceOf(config: SoundSourceConfig, share: HassShare | undefined): LiveSource {
  const { name } = config;
  switch (config.type) {
    case 'microphone':
      return microphoneSource(name, config.device ?? '');
    case 'camera': {
      const { url, user, password, track, pauses } = config;
      return cameraSource(name, url, { user, password }, { ...(track !== undefined && { track }), pauses });
    }
    case 'home_assistant_camera':
      return hassCameraSource(name, share!, '', config.entity);
    case 'recording':
      return recordingSource(name, config.path);
    case 'demo':
      return demoSource(name);
  }
}
