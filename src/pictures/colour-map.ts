/**
 * 256 colours from black over purple and orange to white, as red, green, blue of 8 bits each. Lightness rises evenly in
 * Oklab, a perceptually uniform space (Ottosson 2020), so that equal steps of a value look equal.
 */
export function colourMap(): Uint8Array {
  const colours = Array.from({ length: 256 }, (_, i) => {
    const share = i / 255;
    const chroma = 0.17 * Math.sin(Math.PI * share);
    const hue = (Math.PI / 180) * (290 + 165 * share);
    return srgbOfOklab(0.1 + 0.9 * share, chroma * Math.cos(hue), chroma * Math.sin(hue));
  });
  return Uint8Array.from(colours.flat(), value => Math.round(255 * value));
}

/** Ottosson's conversion; red, green and blue in [0, 1]. */
function srgbOfOklab(lightness: number, a: number, b: number): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map(value => {
    const inGamut = Math.max(0, Math.min(1, value));
    return inGamut <= 0.0031308 ? 12.92 * inGamut : 1.055 * inGamut ** (1 / 2.4) - 0.055;
  });
}
