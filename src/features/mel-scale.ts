/** Hz at the mel value `mel` on Slaney's scale (Auditory Toolbox, 1998): linear to 1 kHz, then logarithmic. */
function slaneyHz(mel: number): number {
  return mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27);
}

/** The inverse of `slaneyHz`. */
function slaneyMel(hz: number): number {
  return hz < 1000 ? (hz * 3) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
}

/** The mels + 2 edges in Hz of bands between fMin and fMax Hz: band m rises from edge m to m + 1 and falls to m + 2. */
export function melEdgesHz(mels: number, fMin: number, fMax: number): number[] {
  const [low, high] = [slaneyMel(fMin), slaneyMel(fMax)];
  return Array.from({ length: mels + 2 }, (_, i) => slaneyHz(low + ((high - low) * i) / (mels + 1)));
}

/** The centres in Hz of `mels` bands between fMin and fMax Hz. */
export function melCentresHz(mels: number, fMin: number, fMax: number): number[] {
  return melEdgesHz(mels, fMin, fMax).slice(1, -1);
}
