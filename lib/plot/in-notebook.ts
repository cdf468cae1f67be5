/** Whether a notebook's kernel runs this: it puts its display hook under this name, see `display.ts`. */
export function inNotebook(): boolean {
  return Symbol.for("course.display") in globalThis;
}
