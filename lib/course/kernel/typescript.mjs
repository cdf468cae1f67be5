import { isPackaged } from "./files.mjs";
import { requireFromTslab } from "./from-tslab.mjs";
import { guard } from "./guard.mjs";
import { spellOutShorthand } from "./shorthand.mjs";
import { separateVariables } from "./variables.mjs";

const mapComment = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

/** Takes the source map off compiled code. @param {string} code */
export function splitMap(code) {
  const map = mapComment.exec(code)?.[1] ?? "";
  return { code: code.replace(mapComment, "\n"), map: Buffer.from(map, "base64").toString() };
}

/**
 * Hands tslab a TypeScript of which a few functions are ours, for what it has no settings for:
 *
 * - source maps, so that errors name the cell's lines; guards at each `await`, so that an interrupt stops the cell;
 * - a plain program instead of a builder, which keeps books on every file of every package at every cell;
 * - of the files that a cell imports only the learner's are checked, each version once: the library is checked by
 *   `npm run check` and by a test with this very TypeScript; a library file that is edited meanwhile is checked, too.
 *   None is compiled here: modules.mjs does that.
 *
 * @param {{ root: string, kept: string[], files: ReturnType<typeof import("./files.mjs").createFiles> }} course
 *   `kept` are modules that stay in memory, so that a cell that imports them need not wait for them to be read
 */
export function extendTypeScript({ root, kept, files }) {
  const name = "@tslab/typescript-for-tslab";
  const ts = requireFromTslab(name);
  const cellFile = `${root}/__tslab__.ts`;
  const earlierFile = `${root}/__prev__.d.ts`;
  const keptFile = `${root}/__kept__.ts`;
  const keptSource = kept.map((module) => `import ${JSON.stringify(module)};`).join("\n");
  /** @type {{ map: string, variables: string[], constants: string[] }} */
  let cell = { map: "", variables: [], constants: [] };
  /** @type {any} */
  let program;
  /** @type {Map<string, { versions: string, diagnostics: any[] }>} */
  const checked = new Map();

  ts.sys.watchFile = files.watchFile;
  ts.sys.watchDirectory = () => ({ close() {} });

  const ours = {
    /** @param {string[]} roots @param {any} options @param {any} sys @param {any} _create @param {any[]} rest */
    createWatchCompilerHost(roots, options, sys, _create, ...rest) {
      const { readFile } = sys;
      sys.readFile = (/** @type {string} */ file, /** @type {string} */ encoding) =>
        file === keptFile ? keptSource : readFile(file, encoding);
      const extended = { ...options, types: ["node"], inlineSourceMap: true };
      const host = ts.createWatchCompilerHost([...roots, keptFile], extended, sys, createProgram, ...rest);
      const cache = ts.createModuleResolutionCache(root, (/** @type {string} */ file) => file, extended);
      host.resolveModuleNameLiterals = (/** @type {any[]} */ names, /** @type {string} */ from) =>
        names.map(({ text }) => {
          const own = text.startsWith(".") && !isPackaged(from);
          const resolution = ts.resolveModuleName(text, from, extended, sys, own ? undefined : cache);
          if (own && !resolution.resolvedModule) files.want(resolution.failedLookupLocations);
          return resolution;
        });
      host.hasInvalidatedResolutions = (/** @type {string} */ file) => files.foundWanted() && !isPackaged(file);
      return host;
    },

    /** @param {any} _program @param {any[]} sources */
    getPreEmitDiagnosticsOfFiles: (_program, sources) =>
      sources.flatMap((file) => (file.fileName === cellFile ? diagnose(file) : diagnoseOnce(file))),

    /** @param {string} code @param {any} options */
    transpileModule(code, options) {
      const { map, code: mapless } = splitMap(code);
      const { code: separated, ...names } = separateVariables(ts, mapless);
      cell = { map, ...names };
      return ts.transpileModule(separated, {
        ...options,
        compilerOptions: { ...options.compilerOptions, inlineSourceMap: true },
        transformers: { before: [guard(ts)] },
      });
    },
  };
  const cached = requireFromTslab.cache[requireFromTslab.resolve(name)];
  if (cached) cached.exports = { ...ts, ...ours };
  /** The last cell's names, and the map to it from the JavaScript that tslab makes first, which still has imports. */
  return { lastCell: () => cell };

  /** @param {any[]} parameters */
  function createProgram(...parameters) {
    const builder = ts.createAbstractBuilder(...parameters);
    program = builder.getProgram();
    builder.getSourceFile = (/** @type {string} */ name) => {
      const file = program.getSourceFile(name);
      // tslab reads a cell's variables before it is checked, when its names are not yet bound.
      if (name === cellFile) ts.bindSourceFile(file, program.getCompilerOptions());
      return file;
    };
    builder.getAllDependencies = (/** @type {any} */ file) => imported(file).filter(isChecked);
    const { emit } = builder;
    builder.emit = (/** @type {any} */ file, /** @type {any[]} */ ...rest) => {
      if (file.fileName !== cellFile) return;
      const [write, cancellation, onlyDeclarations, transformers] = rest;
      const before = [spellOutShorthand(ts, program.getTypeChecker(), earlierFile)];
      emit(file, write, cancellation, onlyDeclarations, { ...transformers, before });
    };
    return builder;
  }

  /** @param {string} name */
  function isChecked(name) {
    return !name.startsWith(`${root}/lib/`) || files.edited.has(name);
  }

  /** The file, and the project's files that it imports, directly or not. @param {any} file @returns {string[]} */
  function imported(file) {
    const found = new Set([file]);
    for (const { resolvedModules } of found) {
      resolvedModules?.forEach((/** @type {any} */ { resolvedModule }) => {
        const target = resolvedModule && program.getSourceFile(resolvedModule.resolvedFileName);
        if (target && !isPackaged(target.fileName)) found.add(target);
      });
    }
    return [...found].map(({ fileName }) => fileName);
  }

  /** @param {any} file */
  function diagnose(file) {
    return ts.getPreEmitDiagnosticsOfFiles(program, [file]).map((/** @type {any} */ diagnostic) => ({
      ...diagnostic,
      messageText: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
    }));
  }

  /** @param {any} file */
  function diagnoseOnce(file) {
    const versions = imported(file)
      .map((name) => program.getSourceFile(name).version)
      .join();
    const before = checked.get(file.fileName);
    if (before && before.versions === versions) return before.diagnostics;
    const diagnostics = diagnose(file);
    checked.set(file.fileName, { versions, diagnostics });
    return diagnostics;
  }
}
