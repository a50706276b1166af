/** Samples of a segment, and from one to the next in the output: half overlap. */
const SEGMENT = 640;
const HOP = SEGMENT / 2;
/** How far a segment is moved, in samples, to fit the one before: more than half a period of 100 Hz at 16 kHz. */
const SEARCH = 160;
/** Places and samples that are compared, one in so many: enough to find a period of a voice. */
const STRIDE = 4;

/**
 * Changes the length of a sound and leaves its pitch: segments are laid closer together or farther apart, each moved a little
 * so that it goes on as the one before would have (WSOLA, Verhelst and Roelands 1993, 'An overlap-add technique based on
 * waveform similarity').
 * @param samples 16 kHz mono
 * @param length of the result, in samples
 */
export function stretchTime(samples: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length);
  const speed = samples.length / length;
  const at = (i: number): number => (i >= 0 && i < samples.length ? samples[i] : 0);
  let from = 0;
  for (let to = 0; to < length; to += HOP) {
    if (to > 0) {
      const wanted = from + HOP;
      const nominal = Math.round(to * speed);
      let best = nominal;
      let highest = -Infinity;
      for (let place = nominal - SEARCH; place <= nominal + SEARCH; place += STRIDE) {
        let product = 0;
        let energy = 1e-9;
        for (let i = 0; i < HOP; i += STRIDE) {
          const sample = at(place + i);
          product += sample * at(wanted + i);
          energy += sample * sample;
        }
        const likeness = product / Math.sqrt(energy);
        if (likeness > highest) [highest, best] = [likeness, place];
      }
      from = best;
    }
    for (let i = 0; i < SEGMENT && to + i < length; i++) {
      const window = to === 0 && i < HOP ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SEGMENT);
      result[to + i] += window * at(from + i);
    }
  }
  return result;
}
