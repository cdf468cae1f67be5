/**
 * Gathers what is printed for a moment, so that a thousand lines are not a thousand messages.
 *
 * @param {(id: number, name: string, text: string) => void} send
 */
export function createPrinter(send) {
  let pending = { id: -1, name: "", text: "" };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  return { print, flush };

  /** @param {number} id the cell @param {string} name `stdout` or `stderr` @param {string} text */
  function print(id, name, text) {
    if (pending.id !== id || pending.name !== name) flush();
    pending = { id, name, text: pending.text + text };
    timer ??= setTimeout(flush, 20);
  }

  /** To be called before any other message goes out: order is what the reader goes by. */
  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const { id, name, text } = pending;
    pending = { id: -1, name: "", text: "" };
    if (text !== "") send(id, name, text);
  }
}
