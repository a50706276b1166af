import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { parseCameraAddress } from '../../../src/audio/live/camera-address.js';
import { startCamera, type CameraOptions } from '../../../src/audio/live/camera-capture.js';
import type { Capture, CaptureEnd } from '../../../src/audio/live/capture.js';
import { concat } from '../../../src/concat.js';
import type { AudioFormat, SourceTrouble, TrackHealth } from '../../../src/values.js';
import { until } from '../../until.js';
import { positionsOf } from '../../rtsp/positions.js';

/** A capture, and what it told. */
export class Listening {
  readonly formats: AudioFormat[] = [];
  readonly ended: Promise<CaptureEnd>;
  readonly complaints: string[] = [];
  tracks: TrackHealth[] = [];
  clockSteps = 0;
  firstAfterMs = NaN;
  private readonly parts: Float32Array[] = [];
  private length = 0;
  private end: CaptureEnd | undefined;
  private readonly events = new EventEmitter();
  private readonly capture: Capture;

  constructor(url: string, login?: { user: string; password: string }, options?: CameraOptions) {
    const startedAt = performance.now();
    this.ended = once(this.events, 'ended').then(([end]) => end as CaptureEnd);
    this.capture = startCamera(
      parseCameraAddress(url, login),
      options,
    )({
      samples: samples => {
        if (this.parts.length === 0) this.firstAfterMs = performance.now() - startedAt;
        this.parts.push(samples);
        this.length += samples.length;
      },
      format: format => this.formats.push(format),
      tracks: tracks => {
        this.tracks = tracks;
      },
      clockStep: () => this.clockSteps++,
      complaint: complaint => this.complaints.push(complaint),
      ended: end => {
        this.end = end;
        this.events.emit('ended', end);
      },
    });
  }

  get samples(): Float32Array {
    return concat(this.parts);
  }

  /** Resolves when there are so many seconds in all; fails when it ends before. */
  async hear(durationS: number, timeoutMs = 18_000): Promise<void> {
    const isHeard = (): boolean => {
      if (this.length < durationS * 16000 && this.end) assert.fail(this.end.message);
      return this.length >= durationS * 16000;
    };
    const heard = (): string =>
      `${durationS} s, of which there were ${this.length / 16000}; ${this.complaints.join()}`;
    await until(isHeard, heard, timeoutMs);
  }

  stop(): Promise<void> {
    return this.capture.stop();
  }
}

export async function assertEnds(listening: Listening, kind: SourceTrouble, message: RegExp): Promise<void> {
  const end = await listening.ended;
  assert.equal(end.kind, kind, end.message);
  assert.match(end.message, message);
  await listening.stop();
}

/** Fails unless the samples are one run of successive positions, but for one gap of silence; returns its length. */
export function gapIn(samples: Float32Array): number {
  const positions = positionsOf(samples);
  const offsets = positions.map((position, i) => position - i);
  const heard = offsets.filter((_, i) => positions[i] >= 0);
  assert.deepEqual([...new Set(heard)], [heard[0]], 'successive positions');
  assert(
    samples.every((sample, i) => positions[i] >= 0 || sample === 0),
    'silence in between',
  );
  return samples.length - heard.length;
}
