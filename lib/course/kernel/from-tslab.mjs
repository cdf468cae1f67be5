import { createRequire } from "node:module";

const tslab = createRequire(import.meta.url).resolve("tslab");

/** Loads tslab's own files and what it brings along (its TypeScript, zeromq), in the very copies that it uses. */
export const requireFromTslab = createRequire(tslab);
