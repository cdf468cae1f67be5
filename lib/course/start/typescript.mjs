/*
 * Lets Node run the course's TypeScript, imports without extensions among it: `node --import typescript.mjs main.ts`.
 * tsx keeps what it has compiled in the system's folder for temporary files; here that is `.cache/tsx`.
 */
import * as fs from "node:fs";
import { pathToFileURL } from "node:url";
import { inCache, inProject } from "./project.mjs";

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
const before = process.env[variable];
fs.mkdirSync(inCache("tsx"), { recursive: true });
process.env[variable] = inCache("tsx");
await import(pathToFileURL(inProject("node_modules/tsx/dist/loader.mjs")).href);
if (before === undefined) delete process.env[variable];
else process.env[variable] = before;
