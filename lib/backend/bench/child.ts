import { startBackend } from "..";
import { cases } from "./cases";

/*
 * One column of the table: `child.ts BACKEND THREADS FUSED SECONDS CASE…` times the cases and prints a line of JSON for
 * each, `{ name, median, best, runs }` in milliseconds. In a process of its own, so that columns do not share anything.
 */
async function main(): Promise<void> {
  const [backend, threads, fused, seconds, ...names] = process.argv.slice(2);
  await startBackend({ name: backend!, threads: Number(threads), fused: fused === "fused" });
  for (const { name, make } of cases) {
    if (!names.includes(name)) continue;
    const { run, dispose } = make();
    const times = measure(run, Number(seconds) * 1000);
    dispose();
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    console.log(JSON.stringify({ name, median, best: times[0], runs: times.length }));
  }
}

/** A third of the time to warm up, in which V8 finds out what is worth compiling well, then every run's milliseconds. */
function measure(run: () => void, budget: number): number[] {
  const start = performance.now();
  do run();
  while (performance.now() - start < budget / 3);
  if (performance.now() - start > 2 * budget) return [performance.now() - start]; // so slow that once must do
  const times: number[] = [];
  for (let begun = performance.now(), end = begun + budget; begun < end || times.length < 3; ) {
    run();
    const now = performance.now();
    times.push(now - begun);
    begun = now;
  }
  return times;
}

void main();
