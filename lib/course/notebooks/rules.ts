import { z } from "zod";

/*
 * What lib/README.md asks of every notebook, as far as a machine can see it.
 */

const course = z.strictObject({
  lesson: z.string().regex(/^\d\d$/),
  title: z.string().min(1),
  question: z.string().endsWith("?"),
  goals: z.array(z.string().min(1)).min(1),
  prerequisites: z.array(z.string().min(1)),
  minutes: z.number().int().positive(),
  sources: z.array(z.string().min(1)).min(1),
});

const cell = z.object({
  id: z.string(),
  cell_type: z.enum(["code", "markdown"]),
  source: z.union([z.string(), z.array(z.string())]).transform((source) => [source].flat().join("")),
  outputs: z.array(z.unknown()).default([]),
  execution_count: z.number().nullable().default(null),
});

const notebook = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.number().min(5),
  metadata: z.object({
    course,
    kernelspec: z.object({ name: z.literal("course"), display_name: z.string(), language: z.literal("typescript") }),
    language_info: z.object({ name: z.literal("typescript"), file_extension: z.literal(".ts"), mimetype: z.string() }),
  }),
  cells: z.array(cell),
});

/** The rules that a notebook of the repository breaks, each as a sentence. `name` is its file's, without `.ipynb`. */
export function brokenRules(name: string, content: unknown): string[] {
  const parsed = notebook.safeParse(content);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join(".") || "notebook"}: ${message}`);
  const { cells, metadata } = parsed.data;
  const ids = cells.map(({ id }) => id);
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  return [
    ...(name.startsWith(`${metadata.course.lesson}-`) ? [] : [`metadata: lesson ${metadata.course.lesson} in ${name}`]),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `cell ${id}: expected an id of its own`),
    ...ids.filter((id) => !isReadable(id)).map((id) => `cell ${id}: expected an id in words, such as first-step`),
    ...code.filter(isExecuted).map(({ id }) => `cell ${id}: expected no outputs and no number; strip them`),
    ...code
      .slice(1)
      .filter(imports)
      .map(({ id }) => `cell ${id}: expected imports in the first cell of code only`),
    ...code.flatMap(({ id, source }) => foreignImports(source).map((from) => `cell ${id}: imports ${from}; ${where}`)),
    ...cells
      .filter(({ cell_type }) => cell_type === "markdown")
      .flatMap(({ id, source }) =>
        typedNumbers(source).map((text) => `cell ${id}: "${text}" is typed; compute it and print it with say`),
      ),
  ];
}

/** Words, not the digits that an editor makes up. */
function isReadable(id: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) && !/^[0-9a-f-]{8,}$/.test(id);
}

function isExecuted({ outputs, execution_count }: z.infer<typeof cell>): boolean {
  return outputs.length > 0 || execution_count !== null;
}

const imports = ({ source }: { source: string }) => /^import\s/m.test(source);

const where =
  'expected a package, "node:…", a room such as "./lib/nn", or the lesson\'s "./exercises/…" and "./solutions/…"';
const allowed = [
  /^node:[a-z/]+$/,
  /^(@[a-z-]+\/)?[a-z][a-z0-9.-]*$/,
  /^\.\/lib\/[a-z]+$/,
  /^\.\/lib\/course\/lesson$/,
  /^\.\/(exercises|solutions)\/\d\d-[a-z0-9-]+$/,
];

function foreignImports(source: string): string[] {
  const found = [...source.matchAll(/^(?:import|\} from)\b[^"]*"([^"]+)";?/gm)].map((match) => match[1] ?? "");
  return found.filter((from) => !allowed.some((pattern) => pattern.test(from)));
}

/**
 * Decimals and percentages outside formulas and code: such numbers were measured, and the next run measures others.
 * Numbers of exercises, sections and versions are names, not measurements.
 */
export function typedNumbers(markdown: string): string[] {
  const prose = markdown
    .replace(/```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$|\]\([^)]*\)|<[^>]*>|https?:\/\/\S+/gs, " ")
    .replace(/\b(sections?|lectures?|chapters?|exercises?|version|arXiv:?|CC BY(-[A-Z]+)*)\s+\d+\.\d+/gi, " ")
    .replace(/\b[vV]\d+(\.\d+)+|\d+(\.\d+){2,}|\b\d\d\.\d\b(?=\s*[·:—–-])/g, " ");
  return [...prose.matchAll(/\d+[.,]\d+|\d+\s?%|\d+ per ?cent/g)]
    .map((match) => match[0])
    .filter((text) => !/^\d{1,3}(,\d{3})+$/.test(text));
}
