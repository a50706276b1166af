import assert from 'node:assert/strict';
import { MonoMixer } from '../../src/audio/mono.js';
import { concat } from '../../src/concat.js';
import { assertSame, decibels, noise, rms, tone } from './signals.js';

const RATE = 16000;

/** Interleaves channels of one length. */
function interleave(...channels: Float32Array[]): Float32Array {
  return Float32Array.from(
    { length: channels.length * channels[0].length },
    (_, i) => channels[i % channels.length][Math.floor(i / channels.length)],
  );
}

function mix(frames: Float32Array, channels: number): { mono: Float32Array; channel: number | undefined } {
  const mixer = new MonoMixer(channels, RATE);
  const mono = concat([mixer.push(frames), mixer.flush()]);
  return { mono, channel: mixer.channel };
}

describe('MonoMixer', () => {
  const sound = tone(440, RATE, 3 * RATE);
  const inverted = sound.map(sample => -sample);
  const silence = new Float32Array(sound.length);
  const hiss = noise(sound.length).map(sample => sample / 1000);

  it('passes one channel on unchanged', () => {
    assertSame(mix(sound, 1).mono, sound);
  });

  it('gives the mean of channels that agree, that differ, and of which one is silent', () => {
    for (const other of [sound, noise(sound.length), silence]) {
      const { mono, channel } = mix(interleave(sound, other), 2);
      assertSame(
        mono,
        Float32Array.from(sound, (sample, i) => (sample + other[i]) / 2),
      );
      assert.equal(channel, undefined);
    }
  });

  const cases: [name: string, ...channels: Float32Array[]][] = [
    ['of which the second is inverted', sound, inverted],
    ['of which the second is inverted and a little weaker', sound, inverted.map(sample => 0.8 * sample)],
    ['of which one of six sounds', hiss, hiss, sound, hiss, hiss, hiss],
    ['of which one of four sounds and another is constant', silence, silence.map(() => 0.9), silence, sound],
  ];
  for (const [name, ...channels] of cases) {
    it(`gives the loudest of channels ${name}`, () => {
      const { mono, channel } = mix(interleave(...channels), channels.length);
      const loudest = channels.findIndex(samples => samples === sound);
      assert.equal(channel, loudest + 1);
      // After the ramp.
      assertSame(mono.subarray(256), sound.subarray(256));
    });
  }

  it('hears each second as it is, with ramps between', () => {
    const second = Float32Array.from(sound, (sample, i) => (i > RATE && i < 2 * RATE ? -sample : sample));
    const { mono } = mix(interleave(sound, second), 2);
    for (let at = 0; at + 800 <= mono.length; at += 800) {
      // It is noticed a tenth of a second later.
      if (at >= RATE && at < 1.15 * RATE) continue;
      const db = decibels((rms(mono.subarray(at, at + 800)) * Math.SQRT2) / 0.5);
      assert.ok(db > -6, `${db} dB at ${at / RATE} s`);
    }
    const steps = mono.map((sample, i) => (i === 0 ? 0 : Math.abs(sample - mono[i - 1])));
    assert.ok(steps.every(step => step < 0.1));
  });

  it('keeps to a channel of two that are about as loud', () => {
    const wobbling = inverted.map((sample, i) => sample * (0.9 + 0.2 * Math.sin(i / 3000)));
    const { mono } = mix(interleave(sound, wobbling), 2);
    assertSame(mono.subarray(256), sound.subarray(256));
  });

  it('gives the same wherever its input is split', () => {
    const frames = interleave(sound, inverted, hiss);
    const mixer = new MonoMixer(3, RATE);
    const parts = [1, 7, 255, 256, 257, 5000].map((frame, i, ends) =>
      mixer.push(frames.subarray(3 * (i === 0 ? 0 : ends[i - 1]), 3 * frame)),
    );
    parts.push(mixer.push(frames.subarray(15000)), mixer.flush());
    assertSame(concat(parts), mix(frames, 3).mono);
  });
});
