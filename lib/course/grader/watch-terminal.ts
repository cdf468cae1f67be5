import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import type { Course } from "./lessons";
import type { Paint } from "./render-text";
import { WatchSession } from "./watch";

interface WatchOptions {
  readonly what: string | undefined;
  readonly where: Course;
  readonly progress: string;
  readonly paint: Paint;
  readonly print: (text: string) => void;
}

const lookEveryMs = 150;

/**
 * Runs a session in the terminal until `q`. Files are looked at again and again instead of waiting for the system to
 * tell: that works alike on every system, in containers and on network drives.
 */
export async function watchInTerminal({ what, where, progress, paint, print }: WatchOptions): Promise<number> {
  const session = new WatchSession(where, progress, paint);
  const clear = process.stdout.isTTY ? "\u001b[2J\u001b[H" : "";
  const show = (text: string) => print(clear + text);
  show(await session.start(what));

  // One thing at a time, in the order it happened.
  let work: Promise<void> = Promise.resolve();
  const then = (action: () => Promise<string | undefined>) => {
    work = work.then(action).then(
      (text) => text !== undefined && show(text),
      (error) => show(`The grader failed: ${(error as Error)?.message ?? error}`),
    ) as Promise<void>;
  };
  const stamps = new Map(session.files.map((file) => [file, stamp(file)]));
  const timer = setInterval(() => {
    for (const [file, before] of stamps) {
      const now = stamp(file);
      if (now === before) continue;
      stamps.set(file, now);
      then(() => session.saved(file));
    }
  }, lookEveryMs);

  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  await new Promise<void>((resolve) => {
    stdin.on("data", (text: string) => {
      for (const key of text) {
        if (key === "q" || key === "\u0003" || key === "\u0004") resolve();
        else if (key !== "\n") then(() => session.key(key));
      }
    });
    stdin.on("end", resolve);
  });
  clearInterval(timer);
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
  await work;
  await session.close();
  return 0;
}

function stamp(file: string): string {
  const stat = fs.statSync(path.join(projectRoot, file), { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : "";
}
