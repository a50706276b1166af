/** Values as the nodes send them, to be damaged. */
import { EMPTY_MEMORY } from '../../src/baby/memory.js';
import { HUNGRY } from '../door/reasons.js';

const NOW = Date.now();

export function cry(): object {
  return {
    id: 'nursery@1',
    source: 'nursery',
    state: 'ended',
    onset: NOW - 20_000,
    offset: NOW - 1000,
    onsetS: 5,
    offsetS: 24,
    durationS: 19,
    peakScore: 0.9,
    meanScore: 0.8,
    intensity: 'cry',
    voice: { f0Hz: 450, roughness: 0.1, balanceDb: -3 },
    windows: [{ startS: 5, score: 0.9 }],
    embedding: new Float32Array(256),
    reason: HUNGRY,
  };
}

export function health(): object {
  return {
    source: 'nursery',
    state: 'running',
    since: NOW,
    positionS: 10,
    restarts: 0,
    lostS: 0,
    levelDb: -40,
    clipping: 0,
    driftMs: 3,
    format: { codec: 'aac', sampleRate: 8000, channels: 1 },
  };
}

export function chunk(): object {
  return { samples: new Float32Array(1600), firstSample: 0, at: NOW, source: 'nursery', lost: 0 };
}

/** What people and programs tell the reason node. */
export function telling(): object[] {
  return [
    { kind: 'feed', at: NOW },
    { kind: 'temperature', celsius: 38 },
    { answer: 'hungry', cry: 'nursery@1' },
    { withdraw: 'feed', id: 'x' },
    { import: EMPTY_MEMORY },
  ];
}
