import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { excerpt, heading } from "./excerpt.mjs";
import { requireFromTslab } from "./from-tslab.mjs";
import { guardAwaits } from "./guard.mjs";
import { stamp } from "./stamp.mjs";

/*
 * From a cell's TypeScript to JavaScript, with tslab's converter: top-level await, redeclaration, the value of the last
 * expression, completion and hover are tslab's. It is extended by handing it a TypeScript of which a few functions are
 * ours:
 *
 * - source maps, so that errors name the cell's lines; and guards at each `await`, so that an interrupt stops the cell;
 * - project files are type-checked once a version, not once a cell, and not compiled: modules.mjs does that;
 * - no file watchers: before a cell is compiled, the files' stamps are compared.
 */

const packagesPath = "/node_modules/";

/**
 * @typedef {{ code: string, maps: string[], isAsync: boolean, last?: string | undefined }} Compiled
 * @typedef {import("./traceback.mjs").Failure} Failure
 */

/** @param {string} root the project's folder, which is also the working directory */
export function createCompiler(root) {
  const files = watchedFiles();
  const extended = extendTypeScript(path.join(root, "__tslab__.ts").replaceAll("\\", "/"), files);
  const { createConverter, isCompleteCode } = requireFromTslab("./converter.js");
  const { printQuickInfo } = requireFromTslab("./inspect.js");
  const converter = createConverter({ isJS: false, isBrowser: false });
  /** What later cells know of earlier ones: declarations and imports. */
  let declarations = "";

  return { compile, complete, inspect, isComplete: isCompleteCode, keep };

  /** @param {string} source @param {string} name such as `cell [3]` @returns {Compiled | Failure} */
  function compile(source, name) {
    files.refresh();
    const converted = converter.convert(declarations, source);
    if (converted.diagnostics.length > 0) {
      files.missing(root, converted.diagnostics);
      return describeDiagnostics(converted.diagnostics, { source, name, root });
    }
    // Also for a cell that will fail: what it has declared until then can be looked at, as in every notebook.
    declarations = converted.declOutput ?? "";
    const code = converted.output ?? "";
    return {
      code: withoutMap(code),
      maps: [mapOf(code), extended.cellMap()],
      isAsync: converted.hasToplevelAwait ?? false,
      last: converted.lastExpressionVar,
    };
  }

  /** @param {string} source @param {number} position in UTF-16 units */
  function complete(source, position) {
    files.refresh();
    return converter.complete(declarations, source, position);
  }

  /** @param {string} source @param {number} position @returns {string | undefined} */
  function inspect(source, position) {
    files.refresh();
    const info = converter.inspect(declarations, source, position);
    return info ? printQuickInfo(info) : undefined;
  }

  /** Reads and checks these modules now and keeps them in memory, so that a cell that imports them need not. @param {string[]} modules */
  function keep(modules) {
    converter.addModule("course_kept", modules.map((module) => `import ${JSON.stringify(module)};`).join("\n"));
    converter.convert(
      "",
      modules.map((module, i) => `import * as kept${i} from ${JSON.stringify(module)};`).join("\n"),
    );
  }
}

/** @param {string} cellFile @param {ReturnType<typeof watchedFiles>} files */
function extendTypeScript(cellFile, files) {
  const name = "@tslab/typescript-for-tslab";
  const ts = requireFromTslab(name);
  let cellMap = "";
  /** @type {Map<string, { versions: string, diagnostics: any[] }>} */
  const checked = new Map();
  /** @type {any} */
  let builder;

  ts.sys.watchFile = files.watchFile;
  ts.sys.watchDirectory = files.watchDirectory;

  const ours = {
    createWatchCompilerHost: (/** @type {any} */ roots, /** @type {any} */ options, /** @type {any[]} */ ...rest) =>
      ts.createWatchCompilerHost(roots, { ...options, types: ["node"], inlineSourceMap: true }, ...rest),

    createWatchProgram(/** @type {any} */ host) {
      const { afterProgramCreate } = host;
      host.afterProgramCreate = (/** @type {any} */ created) => {
        builder = created;
        const { emit } = created;
        created.emit = (/** @type {any} */ file, /** @type {any[]} */ ...rest) =>
          file.fileName === cellFile ? emit(file, ...rest) : undefined;
        afterProgramCreate(created);
      };
      return ts.createWatchProgram(host);
    },

    getPreEmitDiagnosticsOfFiles: (/** @type {any} */ program, /** @type {any[]} */ sources) =>
      sources.flatMap((file) => (file.fileName === cellFile ? diagnose(program, file) : diagnoseOnce(program, file))),

    transpileModule(/** @type {string} */ code, /** @type {any} */ options) {
      cellMap = mapOf(code);
      return ts.transpileModule(withoutMap(code), {
        ...options,
        compilerOptions: { ...options.compilerOptions, inlineSourceMap: true },
        transformers: { before: [guardAwaits(ts)] },
      });
    },
  };
  const cached = requireFromTslab.cache[requireFromTslab.resolve(name)];
  if (cached) cached.exports = { ...ts, ...ours };
  return { cellMap: () => cellMap };

  /** @param {any} program @param {any} file */
  function diagnose(program, file) {
    return ts.getPreEmitDiagnosticsOfFiles(program, [file]).map((/** @type {any} */ diagnostic) => ({
      ...diagnostic,
      messageText: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
    }));
  }

  /** @param {any} program @param {any} file */
  function diagnoseOnce(program, file) {
    const versions = builder
      .getAllDependencies(file)
      .filter((/** @type {string} */ name) => !name.includes(packagesPath))
      .map((/** @type {string} */ name) => builder.getSourceFile(name)?.version)
      .join();
    const before = checked.get(file.fileName);
    if (before && before.versions === versions) return before.diagnostics;
    const diagnostics = diagnose(program, file);
    checked.set(file.fileName, { versions, diagnostics });
    return diagnostics;
  }
}

/** Stands in for TypeScript's file watchers. */
function watchedFiles() {
  /** @type {Map<string, { was: string, tell: (file: string, kind: number) => void }>} */
  const watched = new Map();
  /** @type {Map<string, (file: string) => void>} */
  const directories = new Map();
  /** Files that would satisfy an import that failed. @type {string[]} */
  let wanted = [];

  return {
    watchFile(/** @type {string} */ file, /** @type {(file: string, kind: number) => void} */ tell) {
      if (file.includes(packagesPath)) return { close() {} };
      watched.set(file, { was: stamp(file), tell });
      return { close: () => watched.delete(file) };
    },

    watchDirectory(/** @type {string} */ directory, /** @type {(file: string) => void} */ tell) {
      directories.set(directory, tell);
      return { close: () => directories.delete(directory) };
    },

    /** Tells TypeScript what has changed on disk since the last time. */
    refresh() {
      for (const [file, entry] of watched) {
        const now = stamp(file);
        if (now === entry.was) continue;
        // 0 created, 1 changed, 2 deleted
        const kind = now === "" ? 2 : entry.was === "" ? 0 : 1;
        entry.was = now;
        entry.tell(file, kind);
      }
      for (const file of wanted.filter((file) => existsSync(file))) {
        for (const [directory, tell] of directories) if (file.startsWith(`${directory}/`)) tell(file);
      }
    },

    /** Remembers imports that led nowhere, for the file may be written before the cell runs again. @param {string} root @param {any[]} diagnostics */
    missing(root, diagnostics) {
      wanted = diagnostics
        .filter(({ code }) => code === 2307)
        .map(({ messageText, fileName = "" }) => {
          const name = /'(\..*?)'/.exec(messageText)?.[1];
          return name && path.join(root, path.dirname(fileName), name).replaceAll("\\", "/");
        })
        .flatMap((file) => (file ? [`${file}.ts`, `${file}/index.ts`] : []));
    },
  };
}

/**
 * @param {any[]} diagnostics tslab's: places counted from 0, `fileName` only where it is not the cell
 * @param {{ source: string, name: string, root: string }} cell
 * @returns {Failure}
 */
function describeDiagnostics(diagnostics, { source, name, root }) {
  const shown = diagnostics.slice(0, 5).flatMap(({ start, end, messageText, fileName }) => {
    const line = start.line + 1;
    const text = fileName ? readFileSync(path.join(root, fileName), "utf8") : source;
    const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY;
    const place = fileName ? `${fileName}:${line}` : `${name}, line ${line}`;
    const lines = excerpt(text, { line, column: start.character + 1, length });
    return [heading("TypeScript", messageText), `  at ${place}`, ...lines.map((line) => `    ${line}`)];
  });
  const more = diagnostics.length - 5;
  if (more > 0) shown.push(`… and ${more} more`);
  return { ename: "TypeScript", evalue: diagnostics[0].messageText, traceback: shown };
}

const mapComment = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

/** @param {string} code */
const withoutMap = (code) => code.replace(mapComment, "\n");

/** @param {string} code */
function mapOf(code) {
  const found = mapComment.exec(code);
  return found?.[1] ? Buffer.from(found[1], "base64").toString() : "";
}
