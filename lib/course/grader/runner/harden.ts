import { Console } from "node:console";
import { Writable } from "node:stream";
import { exit, print } from "./pipe";

const deadly = new Set<unknown>([undefined, 0, 1, 2, 3, 6, 9, 15]);
for (const name of ["HUP", "INT", "QUIT", "ABRT", "KILL", "TERM"]) deadly.add(`SIG${name}`);
const isDeadly = deadly.has.bind(deadly);
const TheError = Error;

/**
 * Takes away what an answer has no use for and could hurt itself with. This keeps accidents friendly; it is not what keeps
 * marks honest, which is that expected values never enter this process.
 */
export function harden(): void {
  globalThis.console = new Console(printer(1), printer(2));
  const refuse = (name: string) => () => {
    throw new TheError(`process.${name} is not there while an exercise is graded: return a value instead`);
  };
  // Signals and aborts end this process, as they would the learner's own program.
  const crash = () => exit(134);
  const kill = (_pid: unknown, signal: unknown) => (isDeadly(signal) ? crash() : refuse("kill")());
  const { version, versions, platform, arch, hrtime, nextTick, memoryUsage, uptime } = process;
  const shim = {
    ...{ version, versions, platform, arch, hrtime, nextTick, memoryUsage, uptime },
    ...{ env: {}, argv: [], execArgv: [], pid: 1, ppid: 0, browser: undefined },
    cwd: () => "/",
    on: () => shim,
    stdout: { write: (text: unknown) => print(1, text) },
    stderr: { write: (text: unknown) => print(2, text) },
    exit: refuse("exit"),
    reallyExit: refuse("reallyExit"),
    abort: crash,
    kill,
  };
  Object.defineProperty(globalThis, "process", { value: Object.freeze(shim), writable: false, configurable: false });
  for (const name of ["fetch", "WebSocket", "EventSource", "BroadcastChannel", "localStorage", "sessionStorage"])
    Reflect.deleteProperty(globalThis, name);
}

function printer(to: 1 | 2): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      print(to, chunk);
      done();
    },
  });
}
