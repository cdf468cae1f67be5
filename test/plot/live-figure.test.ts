import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DisplayOptions, MimeBundle } from "../../lib/plot/display";
import { liveFigure } from "../../lib/plot/live-figure";
import { liveTraining } from "../../lib/plot/live-training";
import { duration, progressText } from "../../lib/plot/progress";
import { parseHtml } from "./dom";

const hook = Symbol.for("course.display");
const place = globalThis as { [hook]?: unknown };

describe("in a notebook", () => {
  let sent: { bundle: MimeBundle; options: DisplayOptions }[] = [];
  beforeEach(() => {
    sent = [];
    place[hook] = (bundle: MimeBundle, options: DisplayOptions) => sent.push({ bundle, options });
  });
  afterEach(() => {
    delete place[hook];
  });

  const page = (i: number) => parseHtml(sent.at(i)!.bundle["text/html"] as string);
  const specOf = (i: number) => JSON.parse(page(i).querySelector('script[type="application/json"]')!.textContent!);

  test("one output is shown, then updated in place, then left with its static picture", async () => {
    const live = liveFigure({ title: "Loss", steps: 3, interval: 0, baseline: { name: "uniform guess", y: 3.3 } });
    for (const step of [1, 2, 3]) await live.add({ step, loss: 4 - step });
    await live.finish();
    expect(sent.map(({ options }) => options.update)).toEqual([false, true, true, true]);
    expect(new Set(sent.map(({ options }) => options.id)).size).toBe(1);
    expect(specOf(1)).toMatchObject({ live: sent[0]!.options.id, data: [{ name: "loss", x: [1, 2], y: [3, 2] }] });
    expect(page(1).querySelector("progress")!.value).toBe(2);
    expect(page(1).querySelector("img")).toBeNull(); // pictures take too long for every update
    expect(specOf(-1)).toMatchObject({ live: sent[0]!.options.id, done: true });
    expect(page(-1).querySelector("img")!.alt).toContain(
      "loss goes from 3 at 1 to 1 at 3. Marked: uniform guess at 3.3.",
    );
    expect(sent.at(-1)!.bundle["image/svg+xml"]).toContain("<svg");
    expect(page(-1).body.textContent).toMatch(/^3 steps in .* s/);
  });

  test("between two drawings numbers are only kept", async () => {
    const live = liveFigure({ interval: 1e9 });
    for (let step = 1; step <= 500; step++) await live.add({ step, loss: 1 / step });
    expect(sent).toHaveLength(1);
    await live.finish();
    expect(sent).toHaveLength(2);
    expect(Buffer.from(specOf(-1).data[0].y.bdata, "base64").length / 4).toBe(500);
  });

  test("an update stays small after very many steps", async () => {
    const live = liveFigure({ interval: 0 });
    await live.add({ step: 0, loss: 1 });
    vi.spyOn(performance, "now").mockReturnValue(0); // no drawing in between
    for (let step = 1; step < 50_000; step++) await live.add({ step, loss: Math.sin(step) + step / 1e4 });
    vi.restoreAllMocks();
    await live.add({ step: 50_000, loss: 1 });
    expect(sent).toHaveLength(2);
    expect((sent[1]!.bundle["text/html"] as string).length).toBeLessThan(20_000);
  });

  test("a training shows losses above and other metrics below, on a scale of their own", async () => {
    const live = liveTraining({ interval: 0 });
    for (const step of [1, 2]) await live.onStep({ step, steps: 4, loss: 2, learningRate: 0.1 });
    await live.onEvaluate({ step: 2, metrics: { "validation loss": 2.1, accuracy: 0.25 } });
    expect(specOf(-1).data).toMatchObject([
      { name: "loss", yaxis: "y", x: [1, 2] },
      { name: "validation loss", yaxis: "y", x: [2] },
      { name: "accuracy", yaxis: "y2", y: [0.25] },
    ]);
    expect(sent.at(-1)!.bundle["text/plain"]).toMatch(
      /^50 % · step 2 of 4 · .*loss 2 · validation loss 2.1 · accuracy 0.25$/,
    );
  });

  test("a noted sample stands above the figure as text", async () => {
    const live = liveFigure({ interval: 0 });
    live.note("<b>to be</b>");
    await live.add({ step: 1, loss: 1 });
    expect(page(-1).querySelector("pre")!.textContent).toBe("<b>to be</b>");
  });

  test("nothing to draw gets a sentence", async () => {
    await expect(liveFigure().finish()).rejects.toThrow("liveFigure: expected numbers before it is drawn, got none");
  });
});

test("in a terminal there is one line at the end, and no figure", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
  const live = liveFigure({ interval: 0 });
  for (const step of [1, 2]) await live.add({ step, loss: step });
  await live.finish();
  log.mockRestore();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^2 steps in .* · loss 2$/);
});

test("progress: share, rate and time left; a resumed training counts only its own steps", () => {
  const text = progressText({ step: 300, steps: 1000, seconds: 10, startedAt: 200, numbers: { loss: 0.1234 } });
  expect(text).toMatch(/^30 % · step 300 of 1,000 · 10 steps\/s · 70 s left · \d+ MB · loss 0\.123$/);
  expect([0.04, 9.94, 12.3, 200, 7300].map(duration)).toEqual(["0.0 s", "9.9 s", "12 s", "3 min", "2 h 2 min"]);
});
