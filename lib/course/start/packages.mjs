import * as fs from "node:fs";
import { courseNode, npmProgram } from "./course-node.mjs";
import { runTool } from "./process.mjs";
import { inProject, readJson } from "./project.mjs";
import { step } from "./step.mjs";

/**
 * The npm packages that the lock file asks for and that are not there.
 * npm writes `node_modules/.package-lock.json` when an installation is complete: it says what was installed, and it is
 * missing after one that was broken off.
 * @returns {string[]} their folders, `node_modules/tsx`
 */
export function missingPackages() {
  const wanted = readJson(inProject("package-lock.json"))?.packages ?? {};
  const installed = readJson(inProject("node_modules/.package-lock.json"))?.packages ?? {};
  return Object.keys(wanted).filter((folder) => {
    if (folder === "" || isForAnotherMachine(wanted[folder])) return false;
    return installed[folder]?.version !== wanted[folder].version || !fs.existsSync(inProject(folder, "package.json"));
  });
}

/**
 * Optional packages carry one platform's binary each, or serve one that does.
 * @param {{ optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} entry
 */
function isForAnotherMachine({ optional, os, cpu, libc }) {
  if (!optional) return false;
  if (!os && !cpu) return true;
  if ((os && !os.includes(process.platform)) || (cpu && !cpu.includes(process.arch))) return true;
  return libc !== undefined && process.platform === "linux" && !libc.includes(usesGlibc() ? "glibc" : "musl");
}

function usesGlibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime !== undefined;
}

export async function installPackages() {
  await step("npm packages", async () => {
    // No package of ours needs its install script: binaries come as packages of their own or inside the package.
    const options = [
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      "--no-progress",
      "--loglevel=error",
    ];
    await runTool("npm packages", courseNode(), [npmProgram(), "ci", ...options], process.env);
  });
}
