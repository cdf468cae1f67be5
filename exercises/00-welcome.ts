// Lesson 00, Welcome: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 00    one exercise: npm run grade -- 00.1    a hint: npm run grade -- --hint 00.1
// As handed out: 4ad5ef48a316

/**
 * From degrees Celsius to degrees Fahrenheit: multiply by 1.8, then add 32.
 *
 *     f = 1.8 c + 32
 *
 * Water freezes at 0 °C, which is 32 °F, and boils at 100 °C, which is 212 °F.
 * Example: `fahrenheit(20)` is 68.
 */
export function fahrenheit(celsius: number): number {
  throw new Error("TODO 00.1");
}
