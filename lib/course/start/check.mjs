import { courseNode } from "./course-node.mjs";
import { prepare } from "./prepare.mjs";
import { runHere } from "./process.mjs";
import { inProject } from "./project.mjs";

const checks = [
  { title: "types (TypeScript 7, strict)", program: "typescript/bin/tsc", args: ["-p", "."] },
  {
    title: "types as notebooks see them (tslab's TypeScript 5.0)",
    program: "@tslab/typescript-for-tslab/bin/tsc",
    args: ["-p", "lib/course/start/tslab.tsconfig.json"],
  },
  { title: "lint and format (Biome)", program: "@biomejs/biome/bin/biome", args: ["check", "--error-on-warnings"] },
];

/** `npm run check`: types, lint, format. All are run, whatever the first ones say. */
export async function check() {
  const env = await prepare({ jupyter: false });
  let failed = 0;
  for (const { title, program, args } of checks) {
    console.log(`${title} …`);
    const code = await runHere(courseNode(), [inProject("node_modules", program), ...args], env);
    if (code !== 0) failed++;
  }
  console.log(failed === 0 ? "All checks passed." : `${failed} of ${checks.length} checks failed.`);
  return failed > 0 ? 1 : 0;
}
