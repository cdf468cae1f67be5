import { execFile } from "node:child_process";
import * as fs from "node:fs";

/**
 * Tells again and again how much memory a process takes (on Linux with its children), array buffers included, until the returned
 * function is called. Linux says so in files; macOS and Windows are asked by their own programs, less often.
 */
export function watchMemory(pid: number | undefined, tell: (megabytes: number) => void): () => void {
  if (pid === undefined) return () => {};
  if (process.platform === "linux") {
    const timer = setInterval(() => tell(residentMb(pid)), 50);
    return () => clearInterval(timer);
  }
  const windows = process.platform === "win32";
  const command = windows ? "tasklist" : "ps";
  const words = windows ? ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"] : ["-o", "rss=", "-p", `${pid}`];
  let asking = false;
  const timer = setInterval(
    () => {
      if (asking) return;
      asking = true;
      execFile(command, words, { timeout: 5000, windowsHide: true }, (error, output) => {
        asking = false;
        if (!error) tell((windows ? tasklistKb(output) : psKb(output)) / 1024);
      });
    },
    windows ? 1000 : 250,
  );
  return () => clearInterval(timer);
}

/** From /proc: 0 for a process that has gone. */
function residentMb(pid: number): number {
  try {
    const pages = Number(fs.readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    const below = children ? children.split(" ").map((child) => residentMb(Number(child))) : [];
    return below.reduce((a, b) => a + b, (pages * 4096) / 2 ** 20);
  } catch {
    return 0;
  }
}

/** The sum of `ps -o rss=`: a number of kilobytes a line. */
export function psKb(output: string): number {
  return output.split("\n").reduce((sum, line) => sum + (Number(line.trim()) || 0), 0);
}

/** The last column of `tasklist /FO CSV`, in which each language sets its own marks: `"node.exe","12",…,"45.678 K"`. */
export function tasklistKb(output: string): number {
  return output
    .split("\n")
    .reduce((sum, line) => sum + Number(/"([^"]*)"\s*$/.exec(line)?.[1]?.replace(/\D/g, "") || 0), 0);
}
