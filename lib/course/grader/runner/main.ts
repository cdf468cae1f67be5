import type { Outcome, Request } from "../protocol";
import { describe, load, run } from "./box";
import { tampered } from "./guard";
import { harden } from "./harden";
import {
  exit,
  readLine,
  sendDone,
  sendFatal,
  sendIdle,
  sendLoaded,
  sendOutcomes,
  sendReady,
  sendTampered,
} from "./pipe";
import { useBackend } from "./tensors";

/*
 * Runs in a process of its own, beside one answer. Reads one request a line from file descriptor 3, runs it, and writes
 * one line back. It never knows what is right.
 */

const { parse } = JSON;
const ThePromise = Promise;
const nextTurn = setImmediate;

async function main(): Promise<void> {
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);
  // Nothing is left to run, and the answer's promise is still waiting: it would wait for ever.
  process.on("beforeExit", () => {
    sendIdle();
    exit(1);
  });
  const { version } = process;
  harden();
  sendReady(version);
  for (;;) {
    const request = parse(readLine()) as Request;
    if (request.op === "backend") {
      useBackend(request.name);
      sendDone(request.id);
      continue;
    }
    const loaded = request.op === "load" ? load(request) : undefined;
    const outcomes: Outcome[] = [];
    if (request.op !== "load")
      for (let i = 0; i < request.inputs.length; i++) outcomes[i] = await run(request, request.inputs[i]);
    // One more turn, in which an unhandled rejection of the answer ends this process before its answer is sent.
    await new ThePromise<void>((resolve) => nextTurn(resolve));
    const damage = tampered();
    if (damage) {
      sendTampered(request.id, damage);
      exit(1);
    }
    if (loaded) sendLoaded(request.id, loaded);
    else sendOutcomes(request.id, outcomes);
  }
}

function fatal(thrown: unknown): never {
  sendFatal(describe(thrown));
  return exit(1);
}

void main();
