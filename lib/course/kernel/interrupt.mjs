import { Session } from "node:inspector";

/** How long the main thread may keep silent before we take it to be beyond reach, in milliseconds. */
const patience = 500;

/**
 * Interrupts what runs on the main thread, from another thread. `ask` tells the main thread, which stops its cell at
 * the next `await` or round of a loop and answers: then the returned `answered` is to be called. A main thread that
 * does not answer is in code that does not ask, such as a package's; V8 can end that from outside, wherever it is;
 * `ended` is called each time it did.
 *
 * @param {{ ask: () => void, ended: () => void }} main
 */
export function createInterrupt({ ask, ended }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  return {
    interrupt() {
      clearTimeout(timer);
      ask();
      timer = setTimeout(endLoop, patience);
    },
    answered: () => clearTimeout(timer),
  };

  function endLoop() {
    // Connected only now, because an attached inspector slows the main thread down.
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.terminateExecution", () => {
      session.disconnect();
      ended();
    });
    timer = setTimeout(endLoop, patience);
  }
}
