/** Values as the nodes send them, to be damaged. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EMPTY_MEMORY } from '../../src/baby/memory.js';
import { modelPath } from '../../src/model/load.js';
import { HUNGRY } from '../door/reasons.js';
import { HEALTH } from '../source-health.js';

const NOW = Date.now();

export function cry(): Record<string, unknown> {
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
    ...HEALTH,
    since: NOW,
    format: { codec: 'aac', sampleRate: 8000, channels: 1 },
  };
}

export function chunk(): object {
  return { samples: new Float32Array(1600), firstSample: 0, at: NOW, source: 'nursery', lost: 0 };
}

/** The manifest of the network that is shipped. */
export function crynetManifest(): object {
  return JSON.parse(readFileSync(path.join(modelPath('crynet'), 'manifest.json'), 'utf8')) as object;
}

/** What a journal keeps. */
export function entries(): object[] {
  const notKept = ['state', 'windows', 'embedding', 'offsetS'];
  const kept = Object.fromEntries(Object.entries(cry()).filter(([field]) => !notKept.includes(field)));
  return [
    { kind: 'cry', course: [{ atS: 0, intensity: 'cry' }], ...kept },
    { kind: 'cry', course: [], ...kept, id: 'answered', answer: { reason: 'tired', at: NOW, by: 'Anna' } },
    { kind: 'fact', id: 'fact feed@1', fact: { kind: 'feed', at: NOW - 60_000, id: 'feed@1' } },
    { kind: 'heard', id: 'heard nursery@1', source: 'nursery', from: NOW - 3_600_000, to: NOW },
  ];
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
