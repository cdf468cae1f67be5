import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { stripEscapes } from "./escapes";
import { probeIsolation } from "./isolation";
import { watchMemory } from "./memory";
import type { Loaded, Request } from "./protocol";
import { type CallOutcome, decodeLoaded, decodeOutcomes, isThrown, parseReply, type Reply } from "./reply";
import { prepareRuntime } from "./runtime";

/** Why an answer's process came to its end before it answered. */
export type EndKind = "time" | "memory" | "output" | "protocol" | "crashed" | "grader-error";

export class Ended extends Error {
  constructor(
    readonly kind: EndKind,
    message: string,
  ) {
    super(message);
  }
}

export interface Limits {
  readonly memoryMb: number;
  readonly heapMb: number;
  readonly outputBytes: number;
  readonly replyBytes: number;
}

export const defaultLimits: Limits = { memoryMb: 700, heapMb: 400, outputBytes: 1 << 20, replyBytes: 24 << 20 };

/** How an answer's process is started. */
export interface StartOptions {
  readonly limits?: Limits | undefined;
  /** The Node that runs the answer; by default the grader's own. */
  readonly node?: string | undefined;
  /** Another program in the runner's place, for tests of what a process may send. */
  readonly runner?: string | undefined;
}

type Unnumbered<R> = R extends Request ? Omit<R, "id"> : never;

const running = new Set<AnswerProcess>();
process.once("exit", () => running.forEach((answer) => answer.kill()));

/** A process that runs answers, with every limit on it. After it has ended, for whatever reason, it is not used again. */
export class AnswerProcess {
  readonly ended: Promise<void>;
  /** Node's version there, once it is ready. */
  node = "";
  private readonly channel: Duplex;
  private output = "";
  private outputBytes = 0;
  private end: Ended | undefined;
  private received: Buffer[] = [];
  private receivedBytes = 0;
  private nextId = 1;
  private waiting: { id: number; resolve: (reply: Reply) => void; reject: (end: Ended) => void } | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly limits: Limits,
  ) {
    running.add(this);
    this.channel = child.stdio[3] as Duplex;
    this.channel.on("data", (chunk: Buffer) => this.receive(chunk));
    this.channel.on("error", () => {});
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk: Buffer) => this.hear(chunk));
      stream.on("error", () => {});
    }
    const stopWatching = watchMemory(child.pid, (megabytes) => {
      if (megabytes > limits.memoryMb)
        this.stop(new Ended("memory", `your code took more than ${limits.memoryMb} MB of memory`));
    });
    this.ended = new Promise((resolve) => {
      const finish = () => {
        stopWatching();
        running.delete(this);
        this.stop(this.causeOfDeath());
        resolve();
      };
      child.once("close", finish);
      child.once("error", (error) => {
        this.stop(new Ended("grader-error", `the answer's process did not start: ${error.message}`));
        finish();
      });
    });
  }

  static async start(options: StartOptions = {}): Promise<AnswerProcess> {
    const { limits = defaultLimits, node = process.execPath } = options;
    const { folder, runner: ours, tfjs } = await prepareRuntime();
    const runner = options.runner ?? ours;
    const { prefix } = probeIsolation();
    const command = [
      ...prefix,
      node,
      "--permission",
      `--allow-fs-read=${folder}`,
      `--max-old-space-size=${limits.heapMb}`,
      "--disallow-code-generation-from-strings",
      "--disable-proto=throw",
      "--disable-sigusr1",
      "--no-warnings",
      runner,
      tfjs,
      `${process.pid}`, // whose it is, for people and tests that look at the list of processes
    ];
    const child = spawn(command[0]!, command.slice(1), {
      cwd: folder,
      env: {},
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // a process group of its own, to be ended as one
      windowsHide: true,
    });
    const answer = new AnswerProcess(child, limits);
    const hello = await answer.expect(0, 20_000).catch((end: Ended) => {
      // No line of the learner's has run yet.
      throw new Ended(
        "grader-error",
        `the process for answers did not start: ${answer.takeOutput().trim() || end.message}`,
      );
    });
    answer.node = String(hello["ready"]);
    await answer.request({ op: "backend", name: "cpu" }, 5000);
    return answer;
  }

  /** Loads a bundle under a name. */
  async load(box: string, code: string, deadlineMs: number): Promise<Loaded> {
    const reply = await this.request({ op: "load", box, code }, deadlineMs);
    return decodeLoaded(reply) ?? this.refuse();
  }

  /** Calls an export, or runs a driver, on inputs (text from `encode`), one after the other. */
  async call(
    op: "call" | "drive",
    box: string,
    name: string,
    inputs: readonly string[],
    deadlineMs: number,
  ): Promise<CallOutcome[]> {
    const reply = await this.request({ op, box, name, inputs: inputs.map((text) => JSON.parse(text)) }, deadlineMs);
    return decodeOutcomes(reply, inputs.length) ?? this.refuse();
  }

  /** What the answer printed since the last time, escapes taken out, at most 64 KB. */
  takeOutput(): string {
    const [own = ""] = this.output.split(/\n*<--- Last few GCs --->/); // what V8 prints when it runs out of memory
    const text = stripEscapes(own);
    this.output = "";
    return text.length > 65_536 ? `${text.slice(0, 65_536)}\n… (cut)` : text;
  }

  get isAlive(): boolean {
    return !this.end;
  }

  /** Ends the process and everything it started. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined || pid <= 1) return; // -0 and -1 would reach far more than one process
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }

  async close(): Promise<void> {
    this.stop(new Ended("grader-error", "the answer's process was closed"));
    await this.ended;
  }

  private refuse(): never {
    throw this.stop(new Ended("protocol", "the answer's process sent a reply that nobody asked for"));
  }

  private request(request: Unnumbered<Request>, deadlineMs: number): Promise<Reply> {
    if (this.end) return Promise.reject(this.end);
    const id = this.nextId++;
    const reply = this.expect(id, deadlineMs);
    this.channel.write(`${JSON.stringify({ id, ...request })}\n`);
    return reply;
  }

  private expect(id: number, deadlineMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const seconds = Math.round(deadlineMs / 100) / 10;
      const timer = setTimeout(
        () => this.stop(new Ended("time", `no answer within ${seconds} s: does a loop or a promise never end?`)),
        deadlineMs,
      );
      this.waiting = {
        id,
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (end) => {
          clearTimeout(timer);
          reject(end);
        },
      };
      if (this.end) this.waiting.reject(this.end);
    });
  }

  private receive(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > this.limits.replyBytes) {
      this.stop(new Ended("protocol", "the answer is too large to be sent back"));
      return;
    }
    this.received.push(chunk);
    if (chunk.indexOf(10) < 0) return;
    const bytes = Buffer.concat(this.received);
    const end = bytes.indexOf(10);
    this.received = [];
    this.receivedBytes = 0;
    if (this.end) return;
    const record = parseReply(bytes.toString("utf8", 0, end));
    const { waiting } = this;
    if (!record) {
      this.stop(new Ended("protocol", "the answer's process sent a line that is no reply"));
    } else if (record["id"] === -1 && isThrown(record["fatal"])) {
      const { name, message } = record["fatal"];
      this.stop(new Ended("crashed", `an error or rejected promise was never caught: ${name} ${message}`));
    } else if (record["id"] === -1 && record["idle"] === true) {
      this.stop(new Ended("time", "your code returned a promise that never resolves"));
    } else if (typeof record["tampered"] === "string") {
      const what = record["tampered"].slice(0, 100);
      this.stop(new Ended("protocol", `your code changed ${what}, which everything else in its process uses`));
    } else if (!waiting || record["id"] !== waiting.id || end !== bytes.length - 1) {
      this.stop(new Ended("protocol", "the answer's process sent a reply that nobody asked for"));
    } else {
      this.waiting = undefined;
      waiting.resolve(record);
    }
  }

  private hear(chunk: Buffer): void {
    this.outputBytes += chunk.length;
    if (this.outputBytes <= this.limits.outputBytes) {
      this.output += chunk.toString("utf8");
      return;
    }
    this.stop(new Ended("output", `your code printed more than ${this.limits.outputBytes >> 20} MB`));
  }

  /** Records the first reason for the end, and ends. */
  private stop(end: Ended): Ended {
    this.end ??= end;
    this.kill();
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(this.end);
    return this.end;
  }

  private causeOfDeath(): Ended {
    if (/heap out of memory|Reached heap limit|Array buffer allocation failed/.test(this.output))
      return new Ended("memory", `your code took more than ${this.limits.heapMb} MB of memory`);
    return new Ended("crashed", "the process that ran your code ended by itself");
  }
}
