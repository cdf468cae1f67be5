/**
 * From degrees Celsius to degrees Fahrenheit: multiply by 1.8, then add 32.
 *
 *     f = 1.8 c + 32
 *
 * Water freezes at 0 °C, which is 32 °F, and boils at 100 °C, which is 212 °F.
 * Example: `fahrenheit(20)` is 68.
 */
export function fahrenheit(celsius: number): number {
  // BEGIN 00.1
  return 1.8 * celsius + 32;
  // END 00.1
}
