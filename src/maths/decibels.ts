/** The amplitude factor of a level in dB: 20 dB are ten times the amplitude. */
export function amplitudeOfDb(db: number): number {
  return 10 ** (db / 20);
}
