/** A time in words, as coarse as it is long: '12 s', '1 min 5 s', '20 min', '3 h 10 min'. The same in all languages. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.round(whole / 60);
  if (whole < 60) return `${whole} s`;
  if (minutes < 10) return joinUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  return minutes < 60 ? `${minutes} min` : joinUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
