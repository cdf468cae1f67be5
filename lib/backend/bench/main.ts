import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Command } from "commander";
import { projectRoot } from "../../root";
import { Wasm } from "../wasm";
import { type Case, cases, gpt } from "./cases";
import { printProfile } from "./profile";
import { gptStep } from "./steps";
import { printGrowth, printTable } from "./table";

/*
 * `npm run bench`: times this course's kernels side by side with what else there is, in one run. The columns take turns,
 * several rounds long, each in a process of its own, and the best round of each counts: other programs only ever make a
 * column slower. See `--help`.
 */

export interface Column {
  readonly title: string;
  readonly command: (names: readonly string[], seconds: number) => [program: string, ...args: string[]];
  /** So slow that it takes part in one round only. */
  readonly slow?: boolean;
}

/** Milliseconds by case and column. */
export type Results = Map<string, Map<string, number>>;

const folder = path.join(projectRoot, ".cache", "bench");
const bench = path.join(projectRoot, "lib", "backend", "bench");

function tfjs(title: string, backend: string, threads: number, fused = true, slow = false): Column {
  const command: Column["command"] = (names, seconds) => [
    process.execPath,
    ...["--import", "tsx", path.join(bench, "child.ts"), backend, String(threads), fused ? "fused" : "plain"],
    ...[String(seconds), ...names],
  ];
  return { title, command, slow };
}

function torch(python: string, threads: number): Column {
  const script = path.join(bench, "torch-cases.py");
  return {
    title: `PyTorch ${threads}`,
    command: (names, seconds) => [python, script, String(threads), String(seconds), ...names],
  };
}

async function main(): Promise<void> {
  const program = new Command("npm run bench --")
    .description("Times matrix products, kernels and whole training steps on every backend, side by side.")
    .option("--torch", "with PyTorch, installed into .cache/bench (about 1 GB)")
    .option("--python <path>", "with the PyTorch of this Python")
    .option("--rounds <n>", "how often each column has its turn", "3")
    .option("--seconds <s>", "how long each case is timed in a round", "0.5")
    .option("--group <names>", "only these groups: matMul, kernels, steps, writing, reading, growth")
    .option("--case <names>", 'only cases that begin so, separated by commas: "GPT,AB 512"')
    .option("--profile", "instead of the table: where the time of a training step goes, kernel by kernel")
    .option("--columns <names>", 'only columns that begin so, separated by commas: "ours,PyTorch"')
    .parse();
  const options = program.opts<{
    torch?: boolean;
    profile?: boolean;
    python?: string;
    rounds: string;
    seconds: string;
    group?: string;
    case?: string;
    columns?: string;
  }>();
  if (options.profile) {
    await printProfile("GPT 16×64, width 128", () => gptStep(gpt));
    return;
  }
  const chosen = cases.filter(
    ({ group, name }) => (!options.group || options.group.split(",").includes(group)) && begins(name, options.case),
  );
  const python = options.python ?? process.env["BENCH_PYTHON"] ?? (options.torch ? installTorch() : undefined);
  const columns = [
    tfjs("tfjs cpu", "cpu", 1, true, true),
    tfjs("tfjs wasm", "wasm", 1, true, true),
    tfjs("ours 1, plain", "shared-wasm", 1, false),
    tfjs("ours 1", "shared-wasm", 1),
    tfjs("ours 2", "shared-wasm", 2),
    ...(python ? [torch(python, 1), torch(python, 2)] : []),
  ].filter(({ title }) => begins(title, options.columns));

  const { peak, machine } = describeMachine();
  console.log(`${machine}; one thread multiplies and adds at most ${peak.toFixed(0)} GFLOP/s here.\n`);
  const results: Results = new Map();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const column of columns) {
      if (column.slow && round > 0) continue;
      process.stderr.write(`round ${round + 1} of ${options.rounds}: ${column.title}          \r`);
      for (const { name, best } of runColumn(column, chosen, Number(options.seconds))) {
        const row = results.get(name) ?? new Map<string, number>();
        row.set(column.title, Math.min(best, row.get(column.title) ?? Number.POSITIVE_INFINITY));
        results.set(name, row);
      }
    }
  }
  process.stderr.write(`${" ".repeat(60)}\r`);
  const titles = columns.map(({ title }) => title);
  printTable(chosen, titles, results, peak);
  printGrowth(chosen, titles, results);
  save({ machine, peak, titles, results });
}

/** Whether the name begins with one of those that were asked for, between commas; with none, all are meant. */
function begins(name: string, asked: string | undefined): boolean {
  return asked === undefined || asked.split(",").some((start) => name.startsWith(start));
}

/** A column's medians of one round. Growth is for the columns that are worth it. */
function runColumn(column: Column, chosen: readonly Case[], seconds: number): { name: string; best: number }[] {
  const names = chosen.filter(({ group }) => group !== "growth" || !column.slow).map(({ name }) => name);
  const [file, ...args] = column.command(names, seconds);
  const { stdout, stderr, status } = spawnSync(file, args, { cwd: projectRoot, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`bench: ${column.title} ended with ${status}\n${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => {
      const { name, median } = JSON.parse(line) as { name: string; median: number };
      return { name, best: median };
    });
}

/** PyTorch in an environment of its own. */
function installTorch(): string {
  const environment = path.join(folder, "torch");
  const python = path.join(
    environment,
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const done = path.join(environment, "installed");
  if (fs.existsSync(done)) return python;
  const own = path.join(
    projectRoot,
    ".cache",
    "python",
    ...(process.platform === "win32" ? ["python.exe"] : ["bin", "python"]),
  );
  console.log("installing PyTorch into .cache/bench/torch …");
  execFileSync(fs.existsSync(own) ? own : "python3", ["-m", "venv", environment], { stdio: "inherit" });
  execFileSync(python, ["-m", "pip", "install", "--quiet", "torch==2.15.0"], { stdio: "inherit" });
  fs.writeFileSync(done, "");
  return python;
}

/** What runs here, and the most that one thread can do: multiply-adds on registers alone. */
function describeMachine(): { machine: string; peak: number } {
  const wasm = new Wasm(1);
  let peak = 0;
  for (let i = 0; i < 200; i++) {
    const start = performance.now();
    const work = wasm.kernels.peak(20_000);
    peak = Math.max(peak, work / (performance.now() - start) / 1e6);
  }
  const cpu = os.cpus()[0]?.model.trim() ?? "unknown processor";
  return { machine: `${cpu}, ${os.cpus().length} cores, Node ${process.versions.node}`, peak };
}

function save(content: { machine: string; peak: number; titles: string[]; results: Results }): void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}.json`);
  const milliseconds = Object.fromEntries([...content.results].map(([name, row]) => [name, Object.fromEntries(row)]));
  const { machine, peak, titles } = content;
  fs.writeFileSync(file, `${JSON.stringify({ machine, peak, columns: titles, milliseconds }, null, 2)}\n`);
  console.log(`\nsaved in ${path.relative(projectRoot, file)}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
