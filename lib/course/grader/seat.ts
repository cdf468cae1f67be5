import { SourceMap } from "node:module";
import { AnswerProcess, type StartOptions } from "./answer-process";
import type { Bundle, Source } from "./bundle";
import type { Loaded, Thrown } from "./protocol";
import type { CallOutcome } from "./reply";

/** One answer and the process that runs it; after that has ended, the next call starts another. */
export class Seat {
  node = "";
  private process: AnswerProcess | undefined;
  private printed = "";
  private readonly map: SourceMap;

  constructor(
    private readonly bundle: Bundle,
    private readonly source: Source,
    private readonly options: StartOptions & { readonly loadDeadlineMs?: number | undefined } = {},
  ) {
    this.map = new SourceMap(JSON.parse(bundle.map));
  }

  /** Runs the answer's top level; what that threw or exported. */
  async load(): Promise<Loaded> {
    const process = await AnswerProcess.start({ node: this.options.node, limits: this.options.limits });
    this.process = process;
    this.node = process.node;
    return process.load("answer", this.bundle.code, this.options.loadDeadlineMs ?? 10_000);
  }

  /** Gives the answer one input; it never sees the next before it has answered. */
  async call(op: "call" | "drive", name: string, input: string, deadlineMs: number): Promise<CallOutcome> {
    if (!this.process?.isAlive) {
      await this.leave();
      const loaded = await this.load();
      if ("thrown" in loaded) return { todo: false, thrown: loaded.thrown };
    }
    const [outcome] = await this.process!.call(op, "answer", name, [input], deadlineMs);
    return outcome!;
  }

  /** Ends the process, so that the next call gets a fresh one. */
  async leave(): Promise<void> {
    await this.process?.close();
    this.printed += this.process?.takeOutput() ?? "";
    this.process = undefined;
  }

  /** What the answer printed since the last time. */
  takeOutput(): string {
    const text = this.printed + (this.process?.takeOutput() ?? "");
    this.printed = "";
    return text.slice(0, 65_536);
  }

  /** Where in the learner's file an error was thrown. */
  locate({ stack }: Thrown): { file: string; line: number; column: number } | null {
    for (const match of stack.matchAll(/answer\.js:(\d+):(\d+)/g)) {
      const entry = this.map.findEntry(Number(match[1]) - 1, Number(match[2]) - 1);
      if ("originalSource" in entry && /(^|\/)answer:\d+$/.test(entry.originalSource))
        return { file: this.source.file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    }
    return null;
  }

  /** Something thrown, in a sentence: `It threw TypeError: x is undefined (exercises/01-neuron.ts:12:5).` */
  describe(thrown: Thrown): string {
    const place = this.locate(thrown);
    const where = place ? ` (${place.file}:${place.line}:${place.column})` : "";
    const what = [thrown.name, thrown.message].filter(Boolean).join(": ") || "nothing that can be shown";
    return `It threw ${what}${where}.`;
  }
}
