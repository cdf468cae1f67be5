import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import * as path from "node:path";
import { stamp } from "./files.mjs";
import { requireFromTslab } from "./from-tslab.mjs";
import { guard } from "./guard.mjs";

/*
 * How TypeScript files are loaded: by Node's own `require`, which compiles `.ts` files with the function below.
 * tslab has a loader of its own, but it loops on circular imports, keeps the old importers of a changed file
 * and knows no source maps.
 */

const nodeModule = /** @type {any} */ (Module);
const inPackages = `${path.sep}node_modules${path.sep}`;

/** The source maps of what was compiled, by file name. @type {Map<string, string>} */
export const sourceMaps = new Map();

/** What each loaded TypeScript file was when it was loaded. @type {Map<string, string>} */
const loaded = new Map();

/**
 * Teaches `require` TypeScript and returns the course's own, which resolves names from the project's folder.
 * @param {string} root
 */
export function installTypeScript(root) {
  const ts = requireFromTslab("@tslab/typescript-for-tslab");
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    experimentalDecorators: true,
    isolatedModules: true,
    sourceMap: true,
  };
  /** Never stopped halfway: a kernel that has taken memory goes on to its end. */
  const backend = path.join(root, "lib", "backend") + path.sep;
  const packaged = nodeModule._extensions[".ts"];
  nodeModule._extensions[".ts"] = (/** @type {any} */ module, /** @type {string} */ file) => {
    if (file.includes(inPackages)) return packaged(module, file);
    loaded.set(file, stamp(file));
    const source = readFileSync(file, "utf8");
    const transformers = { before: file.startsWith(backend) ? [] : [guard(ts)] };
    const { outputText, sourceMapText } = ts.transpileModule(source, { compilerOptions, transformers, fileName: file });
    sourceMaps.set(file, sourceMapText);
    module._compile(outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), file);
  };
  return createRequire(path.join(root, "cell.ts"));
}

/** Forgets files that have changed on disk, and what imports them: the next `require` loads them anew. */
export function forgetChanged() {
  const stale = new Set([...loaded].filter(([file, was]) => stamp(file) !== was).map(([file]) => file));
  if (stale.size === 0) return;
  for (let size = 0; size !== stale.size; ) {
    size = stale.size;
    for (const file of loaded.keys()) {
      const children = nodeModule._cache[file]?.children ?? [];
      if (children.some((/** @type {any} */ child) => stale.has(child.filename))) stale.add(file);
    }
  }
  for (const file of stale) {
    loaded.delete(file);
    delete nodeModule._cache[file];
  }
}
