/** Minutes and seconds as a clock shows them: 75 is '1:15'. */
export function clock(durationS: number): string {
  const seconds = Math.floor(durationS);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
