import * as path from "node:path";
import { gradeBatch } from "./batch";
import { probeIsolation } from "./isolation";
import { type Course, select } from "./lessons";
import { renderStatistics } from "./statistics";

export interface BatchCommand {
  readonly submissions: string;
  readonly out: string;
  readonly jobs: number;
  readonly shard?: string | undefined;
  readonly what: string | undefined;
  readonly where: Course;
  readonly seed?: number;
  readonly print: (text: string) => void;
}

/** `npm run grade -- --submissions DIR --out DIR`. Returns 0 when every submission got its grade. */
export async function batchCommand({ what, where, print, seed = 1, ...paths }: BatchCommand): Promise<number> {
  for (const warning of warnings()) print(warning);
  const started = performance.now();
  let told = started;
  const { all, kept, graded, ourFault, statistics } = await gradeBatch({
    ...paths,
    selection: await select(what, where),
    // The inputs that learners see, and others from the instructor's seed: the same for everybody in this run.
    seeds: seed === 1 ? [1, 2] : [1, seed],
    onResult: (_, done, of) => {
      if (performance.now() - told < 5000) return;
      told = performance.now();
      print(`${done} of ${of}, ${(done / ((told - started) / 1000)).toFixed(1)} a second`);
    },
  });
  print(renderStatistics(statistics));
  const seconds = (performance.now() - started) / 1000;
  const rate = graded ? `, ${(graded / seconds).toFixed(1)} a second` : "";
  print(
    `${all} submissions: ${graded} graded${rate}, ${kept} kept from before. ${path.join(paths.out, "gradebook.csv")}`,
  );
  if (ourFault) print(`${ourFault} could not be graded by our own fault; run the same command again to grade those.`);
  return ourFault ? 1 : 0;
}

/** Node versions without known holes in the permission model, as of the course's own date. */
const fixedIn: Record<number, readonly [minor: number, patch: number]> = { 22: [23, 4], 24: [22, 1], 26: [0, 0] };

/** What an instructor should know before strangers' code runs here. */
export function warnings(version = process.versions.node, level = probeIsolation().level): string[] {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const fixed = fixedIn[major];
  const old = major < 26 && (!fixed || minor < fixed[0] || (minor === fixed[0] && patch < fixed[1]));
  const list: string[] = [];
  if (old)
    list.push(
      `Warning: Node ${version} has known holes in its permission model. For strangers' code use 24.22.1 or newer.`,
    );
  if (level !== "namespace")
    list.push(
      "Warning: this machine does not allow namespaces, so answers can reach the network. Use a container for strangers' code.",
    );
  return list;
}
