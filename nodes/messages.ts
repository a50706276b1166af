/**
 * The messages between the nodes. `msg.payload` is the value, `msg.topic` the source's name; every other property of
 * the message that caused them passes through.
 *
 * | sent by               | payload                                                                     |
 * | --------------------- | --------------------------------------------------------------------------- |
 * | deepinfant-audio, 1   | AudioChunk; after a recording's last one a message without payload that has |
 * |                       | `complete: true`, Node-RED's own mark for the end of a sequence             |
 * | deepinfant-audio, 2   | SourceState                                                                 |
 * | deepinfant-detector 1 | CryEvent                                                                    |
 * | deepinfant-detector 2 | Scores                                                                      |
 * | deepinfant-reason     | CryEvent with `reason`; `text` says both in one sentence                    |
 */
import type { AudioChunk, CryEvent } from '../src/values.js';

/** How a source is; sent when it changes. */
export interface SourceState {
  source: string;
  state: 'starting' | 'running' | 'ended' | 'failed';
  /** Seconds that were heard so far. */
  positionS: number;
  /** What went wrong; only when `failed`. */
  error?: string;
}

export function isAudioChunk(payload: unknown): payload is AudioChunk {
  return (
    isObject(payload) &&
    payload.samples instanceof Float32Array &&
    typeof payload.firstSample === 'number' &&
    typeof payload.source === 'string'
  );
}

export function isCryEvent(payload: unknown): payload is CryEvent {
  return (
    isObject(payload) &&
    typeof payload.id === 'string' &&
    typeof payload.onset === 'number' &&
    payload.embedding instanceof Float32Array
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
