import * as path from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { cacheFolder } from "../runtime";
import { release } from "./release";

// npm run release [-- --out DIR]

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const out = path.resolve(values.out ?? path.join(cacheFolder, "release"));
  const { folder, exercises, mistakes, gradescopeMb } = await release(out, (text) => console.log(text));
  console.log(
    `${folder}: learner/ (${exercises} exercises, ${mistakes} mistakes named), gradescope.zip (${gradescopeMb} MB), class-workflow.yml`,
  );
  await esbuild.stop();
}

main().catch((error) => {
  console.error((error as Error)?.message ?? error);
  process.exitCode = 1;
});
