import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { commandEnvironment } from "../../lib/course/start/prepare.mjs";
import { environmentPython } from "../../lib/course/start/project.mjs";
import { projectRoot } from "../../lib/root";

export interface KernelMessage {
  readonly channel: "shell" | "control" | "iopub";
  readonly type: string;
  /** The id of the request that it belongs to. */
  readonly parent: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of message has its own content
  readonly content: any;
}

/** What came of a cell. */
export interface Execution {
  readonly reply: KernelMessage["content"];
  /** What the cell has shown, without status and input messages. */
  readonly outputs: readonly KernelMessage[];
  readonly stdout: string;
  readonly stderr: string;
  /** The error output, with its colours taken off. */
  readonly error: { readonly name: string; readonly message: string; readonly traceback: string } | undefined;
}

export type Kernel = Awaited<ReturnType<typeof startKernel>>;

/** Starts a kernel through Jupyter's own client, in the notebooks' folder as JupyterLab does. */
export async function startKernel() {
  const script = path.join(projectRoot, "test/course/kernel-client.py");
  const client = spawn(environmentPython, [script, path.join(projectRoot, "notebooks")], {
    env: commandEnvironment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const messages: KernelMessage[] = [];
  const listeners = new Set<() => void>();
  const notes: { pid?: number; died?: boolean } = {};
  let requests = 0;

  createInterface(client.stdout).on("line", (line) => {
    const message = JSON.parse(line);
    if ("channel" in message) messages.push(message);
    else Object.assign(notes, message);
    for (const listener of listeners) listener();
  });

  /** Waits until `find` returns something, and returns it. */
  function until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined && !notes.died) return;
        listeners.delete(look);
        if (found === undefined) reject(new Error("kernel: expected an answer, got its end"));
        else resolve(found);
      };
      listeners.add(look);
      look();
    });
  }

  function send(channel: "shell" | "control", type: string, content: object): string {
    const id = `request ${++requests}`;
    client.stdin.write(`${JSON.stringify({ id, channel, type, content })}\n`);
    return id;
  }

  const of = (id: string) => messages.filter(({ parent }) => parent === id);

  /** Sends a request and returns its reply's type and content, once the kernel is idle again. */
  async function request(type: string, content: object = {}, channel: "shell" | "control" = "shell") {
    const id = send(channel, type, content);
    await until(() => of(id).find((message) => message.content.execution_state === "idle"));
    return until(() => of(id).find((message) => message.channel !== "iopub"));
  }

  /** Sends a cell without waiting; `done` is its outcome. */
  function submit(code: string, options: { stop_on_error?: boolean; silent?: boolean } = {}) {
    const id = send("shell", "execute_request", { code, silent: false, allow_stdin: false, ...options });
    const done = (async (): Promise<Execution> => {
      const { content: reply } = await until(() => of(id).find(({ type }) => type === "execute_reply"));
      await until(() => of(id).find(({ content }) => content.execution_state === "idle"));
      return outcome(reply, outputsOf(id));
    })();
    done.catch(() => {}); // a test that does not wait for it fails elsewhere
    return { id, done, outputs: () => outputsOf(id) };
  }

  function outputsOf(id: string): KernelMessage[] {
    return of(id).filter(({ channel, type }) => channel === "iopub" && type !== "status" && type !== "execute_input");
  }

  const pid = await until(() => notes.pid);
  // As Jupyter's clients do: ask until iopub answers, too. What a publisher says before a listener has joined is lost.
  for (let hears = false; !hears; ) {
    const id = send("shell", "kernel_info_request", {});
    await until(() => of(id).find(({ channel }) => channel === "shell"));
    const heard = until(() => of(id).find(({ channel }) => channel === "iopub")).then(
      () => true,
      () => false,
    );
    hears = await Promise.race([heard, pause(500).then(() => false)]);
  }

  return {
    pid,
    messages,
    until,
    request,
    submit,
    outputsOf,
    execute: (code: string, options?: Parameters<typeof submit>[1]) => submit(code, options).done,
    interrupt: () => client.stdin.write(`{"do": "interrupt"}\n`),
    /** Ends Jupyter's side without a word, as when the terminal is closed. */
    abandon: () => client.kill("SIGKILL"),
    /** Asks the kernel to go, and waits until it is gone. Jupyter would kill a kernel that does not go by itself. */
    async shutdown() {
      send("control", "shutdown_request", { restart: false });
      await until(() => notes.died);
      client.stdin.end();
    },
  };
}

function outcome(reply: KernelMessage["content"], outputs: readonly KernelMessage[]): Execution {
  const printed = (name: string) =>
    outputs
      .filter(({ type, content }) => type === "stream" && content.name === name)
      .map(({ content }) => content.text)
      .join("");
  const failure = outputs.find(({ type }) => type === "error")?.content;
  const error = failure && {
    name: failure.ename,
    message: failure.evalue,
    traceback: stripVTControlCharacters(failure.traceback.join("\n")),
  };
  return { reply, outputs, stdout: printed("stdout"), stderr: printed("stderr"), error };
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether the process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
