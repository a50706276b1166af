import type { Listening, LiveSources } from '../../src/audio/live/live-sources.js';
import { guard } from '../../src/guard.js';
import { microphoneSource } from '../../src/audio/live/source.js';
import type { SourceHealth } from '../../src/values.js';

/** A meter that has not been read for so long is closed. */
const UNWATCHED_MS = 3000;
const LOWEST_DB = -120;

interface Meter {
  listening: Listening;
  /** Highest amplitude since the meter was last read. */
  peak: number;
  closing: NodeJS.Timeout;
}

/** Opens a microphone when its level is first read, and closes it when nobody reads it any more. */
export class MicrophoneMeters {
  private readonly meters = new Map<string, Meter>();

  constructor(private readonly sources: LiveSources) {}

  /** The microphone's peak level since it was last read, in dB of full scale (-120 at least), and its health. */
  read(device: string): { levelDb: number; health: SourceHealth } {
    const meter = this.meters.get(device) ?? this.open(device);
    meter.closing.refresh();
    const levelDb = Math.max(LOWEST_DB, 20 * Math.log10(meter.peak));
    meter.peak = 0;
    return { levelDb, health: meter.listening.health };
  }

  private open(device: string): Meter {
    const meter: Meter = {
      peak: 0,
      closing: setTimeout(
        guard(() => {
          this.meters.delete(device);
          return meter.listening.stop();
        }),
        UNWATCHED_MS,
      ),
      listening: this.sources.listen(microphoneSource(device, device), {
        chunk: ({ samples }) => {
          for (const sample of samples) meter.peak = Math.max(meter.peak, Math.abs(sample));
        },
        health: () => undefined,
      }),
    };
    this.meters.set(device, meter);
    return meter;
  }
}
