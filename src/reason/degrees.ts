/** No baby and no nursery is warmer than this in degrees Celsius: a higher number is in Fahrenheit. */
const WARMEST_CELSIUS = 45;

/** Degrees Celsius of a temperature as a family or a thermometer gives it. */
export function degreesCelsius(degrees: number, isFahrenheit = degrees > WARMEST_CELSIUS): number {
  return isFahrenheit ? ((degrees - 32) * 5) / 9 : degrees;
}
