import * as fs from "node:fs";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { gradeCourse } from "./grade-lesson";
import { nextHint } from "./hints";
import { renderJunit } from "./junit";
import { type ExerciseRecord, type GradeReport, hasPassed } from "./record";
import { colours, noColours, renderLine, renderText } from "./render-text";
import { graderVersion } from "./runtime";

const usage = `npm run grade                       all exercises
npm run grade -- 03                 a lesson's
npm run grade -- 03.2               one (also by its slug: backpropagation/local-derivatives)
npm run grade -- --hint 03.2        the next of three hints
npm run grade -- --watch [03]       grades what you save
    --json FILE     writes the records (- for the terminal)
    --junit FILE    writes JUnit XML
    --seed N        draws other inputs`;

async function main(): Promise<number> {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hint: { type: "boolean" },
      watch: { type: "boolean" },
      json: { type: "string" },
      junit: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (positionals.length > 1) throw new Error(`grade: expected one lesson or exercise, got ${positionals.join(" ")}`);
  const [what] = positionals;
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (options.hint) {
    if (!what) throw new Error("grade: --hint wants to know the exercise: npm run grade -- --hint 03.2");
    console.log(await nextHint(what));
    return 0;
  }
  const seed = options.seed === undefined ? undefined : Number(options.seed);
  if (seed !== undefined && !Number.isInteger(seed))
    throw new Error(`grade: expected a whole --seed, got ${options.seed}`);
  const quiet = options.json === "-" || options.junit === "-";
  const paint = process.stdout.isTTY && !process.env["NO_COLOR"] ? colours : noColours;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const records = await gradeCourse(what, {
    ...(seed === undefined ? {} : { seeds: [seed] }),
    onLesson: ({ lesson, number }) => quiet || console.log(`\n${paint.bold(`${number} ${lesson.title}`)}`),
    // Everything about the exercises that were asked for by name, one line for each of many.
    onRecord: (record) => quiet || console.log(what ? renderText(record, paint) : renderLine(record, paint)),
  });
  const durationMs = Math.round(performance.now() - started);
  const report: GradeReport = { schema: 1, graderVersion, startedAt, durationMs, records };
  if (options.json !== undefined) write(options.json, `${JSON.stringify(report, null, 1)}\n`);
  if (options.junit !== undefined) write(options.junit, renderJunit(records));
  if (!quiet) console.log(`\n${summary(records, durationMs)}`);
  return records.length > 0 && records.every(hasPassed) ? 0 : 1;
}

function write(file: string, text: string): void {
  if (file === "-") process.stdout.write(text);
  else fs.writeFileSync(file, text);
}

function summary(records: readonly ExerciseRecord[], durationMs: number): string {
  const passed = records.filter(hasPassed).length;
  const points = records.reduce((sum, record) => sum + record.points, 0);
  const most = records.reduce((sum, record) => sum + record.maxPoints, 0);
  return `${passed} of ${records.length} exercises passed, ${Math.round(points * 10) / 10} of ${most} points, ${(durationMs / 1000).toFixed(1)} s`;
}

process.on("SIGUSR1", () => {}); // Node would open its inspector
main()
  .catch((error) => {
    console.error((error as Error)?.message ?? error);
    return 2;
  })
  .then(async (code) => {
    process.exitCode = code;
    await esbuild.stop();
  });
