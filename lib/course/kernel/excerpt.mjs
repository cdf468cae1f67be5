const red = (/** @type {string} */ text) => `\u001b[31m${text}\u001b[39m`;

/** @param {string} name @param {string} message */
export const heading = (name, message) => `\u001b[1;31m${name}\u001b[0m: ${message}`;

/**
 * Lines of source around a place, the way compilers show them:
 *
 *       1 | const a = 1;
 *     > 2 | const b: number = "two";
 *         |       ~
 *
 * @param {string} source
 * @param {{ line: number, column?: number, length?: number, around?: number }} place counted from 1; with a `length`
 *   the span is underlined
 */
export function excerpt(source, { line, column = 1, length = 0, around = 1 }) {
  const lines = source.trimEnd().split(/\r?\n/);
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const gutter = (/** @type {number | string} */ number) => String(number).padStart(String(last).length);
  const shown = [];
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1] ?? "";
    shown.push(`${number === line && around > 0 ? red(">") : " "} ${gutter(number)} | ${text}`.trimEnd());
    if (number !== line || length === 0) continue;
    // A tab stays a tab, so that the marks stand under what they mean.
    const before = text.slice(0, column - 1).replace(/[^\t]/g, " ");
    const marks = "~".repeat(Math.max(1, Math.min(length, text.length - column + 1)));
    shown.push(`  ${gutter("")} | ${before}${red(marks)}`);
  }
  return shown;
}
