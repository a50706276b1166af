import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/maths/random.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';

/** How a camera is lost: its connection breaks, it hangs, or it is switched off. */
const LOSSES = ['breaks', 'hangs', 'is off'] as const;

/** A cot with a real camera, which can be lost at any time. */
export class Cot {
  private readonly camera = new RtspCamera();
  private sound: Float32Array = new Float32Array(0);

  constructor(readonly name: string) {}

  get url(): string {
    return this.camera.url;
  }

  get viewers(): number {
    return this.camera.viewers;
  }

  async open(): Promise<void> {
    await this.camera.start();
  }

  async close(): Promise<void> {
    await this.camera.stop();
  }

  /** What is heard here from now on, 16 kHz. */
  play(sound: Float32Array): void {
    this.sound = sound;
    this.camera.play(sound);
  }

  /** Loses the camera, for up to as long. */
  async flap(random: Random, mostMs: number): Promise<void> {
    const loss = random.pick(LOSSES);
    const forMs = random.uniform(0, mostMs);
    if (loss === 'breaks') this.camera.drop();
    else if (loss === 'hangs') {
      this.camera.sends = 'nothing';
      await sleep(forMs);
      this.camera.sends = 'all';
    } else {
      await this.camera.stop();
      await sleep(forMs);
      await this.camera.start();
      this.camera.play(this.sound);
    }
  }
}
