import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { attentionMap } from "../../../lib/plot/attention-map";
import { embeddingMap } from "../../../lib/plot/embedding-map";
import { type Figure, figure } from "../../../lib/plot/figure";
import * as colours from "../../../lib/plot/ink";
import { figureHtml } from "../../../lib/plot/show";
import { projectRoot } from "../../../lib/root";
import { openWindow } from "../dom";

const [runtime, layoutScript] = ["figures.js", "layout.js"].map((file) =>
  fs.readFileSync(path.join(projectRoot, "lib/plot/browser", file), "utf8"),
);
const fallback = '<img class="course-fallback" alt="a line">';
const line = figure({ data: [{ y: [1, 4], marker: { color: "@ink" } }], alt: "a line" });

interface Drawing {
  readonly div: { className: string; handlers: Record<string, (event?: unknown) => void>; on: unknown };
  readonly data: { x: (number | null)[]; y: number[]; marker: { color: string } }[];
  readonly layout: {
    width: number;
    font: { color: string };
    shapes: { y0: number; y1: number }[];
    margin: { t: number };
    title: { text: string };
  };
  readonly config: { showSendToCloud: boolean; plotlyServerURL: string };
}

/** A page with a plotly that only notes what it is asked to draw. */
class Page {
  readonly dom = openWindow(
    '<!doctype html><body style="color: rgb(0, 0, 0); background-color: rgb(255, 255, 255)"></body>',
  );
  readonly window = this.dom.window;
  readonly document = this.window.document;
  readonly drawings: Drawing[] = [];
  readonly observers: (() => void)[] = [];
  width = 800;

  constructor() {
    const { window, observers } = this;
    Object.defineProperty(window.HTMLElement.prototype, "clientWidth", { get: () => this.width });
    window.matchMedia = () => ({ addEventListener() {} });
    window.ResizeObserver = class {
      constructor(readonly callback: () => void) {}
      observe() {
        observers.push(this.callback);
        this.callback();
      }
    };
  }

  /** As the browser does when it has loaded its files. */
  load({ plotly = true } = {}) {
    if (plotly) {
      const react = (
        ...[div, data, layout, config]: [Drawing["div"], Drawing["data"], Drawing["layout"], Drawing["config"]]
      ) => {
        div.handlers ??= {};
        div.on = (name: string, handler: () => void) => {
          div.handlers[name] = handler;
        };
        this.drawings.push({ div, data, layout, config });
      };
      this.window.Plotly = { react };
      this.window.eval(layoutScript);
    }
    this.window.eval(runtime);
  }

  /** As JupyterLab shows an output: into a place of its own, then its scripts run. */
  show(html: string, into = this.document.body.appendChild(this.document.createElement("div"))) {
    into.innerHTML = html;
    this.window.eval(into.querySelector("script:last-of-type").textContent);
    return into;
  }

  settle = () => new Promise((resolve) => setTimeout(resolve, 20));
  scripts = () => [...this.document.head.querySelectorAll("script")].map(({ src }) => src);
}

let page: Page;
beforeEach(() => {
  page = new Page();
});

const withConfig = () => {
  page.document.head.innerHTML =
    '<script id="jupyter-config-data" type="application/json">{"baseUrl":"/user/ada/"}</script>';
};

describe("loading", () => {
  test("the runtime comes once, from the Jupyter server's own files", () => {
    withConfig();
    for (let i = 0; i < 3; i++) page.show(figureHtml(line, fallback));
    expect(page.scripts().filter(Boolean)).toEqual(["/user/ada/files/lib/plot/browser/figures.js"]);
  });

  test("plotly comes once, from the same place, and only when there is something to draw", async () => {
    withConfig();
    page.show(figureHtml(line, fallback));
    page.show(figureHtml(line, fallback));
    page.load({ plotly: false });
    await page.settle();
    expect(page.scripts().filter((source) => source.includes("plotly"))).toEqual([
      "/user/ada/files/node_modules/plotly.js-dist/plotly.js",
    ]);
  });

  test("a book names its own place", () => {
    page.window.courseFiles = "../files/";
    page.show(figureHtml(line, fallback));
    expect(page.scripts()).toEqual(["../files/lib/plot/browser/figures.js"]);
  });

  test("where neither is known the picture stays and nothing is asked for", () => {
    const output = page.show(figureHtml(line, fallback));
    expect(page.scripts()).toEqual([]);
    expect(output.querySelector("img").style.display).toBe("");
  });

  test("where plotly cannot be loaded the picture stays", async () => {
    withConfig();
    const output = page.show(figureHtml(line, fallback));
    page.load({ plotly: false });
    page.document.head.querySelector('script[src*="plotly"]').onerror();
    await page.settle();
    expect(output.querySelector("img").style.display).toBe("");
    expect(output.querySelector("[role]")).toBeNull();
  });
});

describe("drawing", () => {
  beforeEach(() => {
    page.window.courseFiles = "files/";
    page.load();
  });

  test("the plot takes the picture's place and keeps its words", async () => {
    const output = page.show(figureHtml(line, fallback));
    await page.settle();
    expect(page.drawings).toHaveLength(1);
    expect(page.drawings[0]!.data[0]!.y).toEqual([1, 4]);
    expect(page.drawings[0]!.config).toMatchObject({ showSendToCloud: false, plotlyServerURL: "" }); // nothing leaves the page
    expect(output.querySelector("img").style.display).toBe("none");
    expect(output.querySelector("[role=group]").getAttribute("aria-label")).toBe("a line");
  });

  test("each figure of a page is drawn once, a cell that runs again is drawn again", async () => {
    const output = page.show(figureHtml(line, fallback));
    page.show(figureHtml(line, fallback));
    await page.settle();
    page.show(figureHtml(line, fallback), output);
    await page.settle();
    expect(page.drawings).toHaveLength(3);
    expect(new Set(page.drawings.map(({ div }) => div)).size).toBe(3);
  });

  test("a figure that is out of sight waits until it has a width, and follows it", async () => {
    page.width = 0;
    page.show(figureHtml(line, fallback));
    await page.settle();
    expect(page.drawings).toHaveLength(0);
    for (const width of [640, 640, 350]) {
      page.width = width;
      for (const observer of page.observers) observer();
      await page.settle();
    }
    expect(page.drawings.map(({ layout }) => layout.width)).toEqual([640, 350]);
  });

  test("colours follow the page's theme, also when it changes", async () => {
    page.show(figureHtml(line, fallback));
    await page.settle();
    page.document.body.style.cssText = "color: rgb(240, 240, 240); background-color: rgb(17, 17, 17)";
    await page.settle();
    expect(page.drawings.map(({ data }) => data[0]!.marker.color)).toEqual(["#000000", "#f0f0f0"]);
    expect(page.drawings.map(({ layout }) => layout.font.color)).toEqual(["#000000", "#f0f0f0"]);
  });

  test("the slider has a label, says where it stands, and lays the stage over the figure", async () => {
    const stages = ["epoch 0", "epoch 5"].map((name, i) => ({ name, data: [{ y: [i, i] }] }));
    const output = page.show(figureHtml({ ...line, slider: { label: "stage", stages } }, fallback));
    await page.settle();
    const input = output.querySelector("input[type=range]");
    expect(input.labels[0].textContent).toContain("stage");
    expect(input.getAttribute("aria-valuetext")).toBe("epoch 5");
    input.value = "0";
    input.dispatchEvent(new page.window.Event("input"));
    await page.settle();
    expect(output.querySelector("output").textContent).toBe("epoch 0");
    expect(page.drawings.map(({ data }) => data[0]!.y)).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(page.drawings[1]!.data[0]!.marker.color).toBe("#000000");
  });

  test("buttons go a stage back or on, stop at the ends, and what the stage shows is said", async () => {
    const stages = ["token", "norm"].map((name, i) => ({ name, alt: `Step ${i}.`, data: [{ y: [i] }] }));
    const slider = { label: "step", stages, start: 0, buttons: true };
    const output = page.show(figureHtml({ ...line, slider }, fallback));
    await page.settle();
    const input = output.querySelector("input[type=range]");
    const [back, on] = output.querySelectorAll("button");
    expect([back, on].map((button) => button.getAttribute("aria-label"))).toEqual(["step back", "next step"]);
    expect(input.labels[0].control).toBe(input);
    expect(output.querySelector("[role=group]").getAttribute("aria-label")).toBe("a line"); // until one goes on
    for (const [button, said] of [
      [on, "norm: Step 1."],
      [on, "norm: Step 1."],
      [back, "token: Step 0."],
      [back, "token: Step 0."],
    ]) {
      // biome-ignore format: a table
      button.click();
      await page.settle();
      expect(input.getAttribute("aria-valuetext")).toBe(said);
      expect(output.querySelector("[role=group]").getAttribute("aria-label")).toBe(said.split(": ")[1]);
    }
    expect(page.drawings.map(({ data }) => data[0]!.y)).toEqual([[0], [1], [0]]);
  });

  test("the longest title of all stages makes the room above, so that the picture stays where it is", async () => {
    const stages = ["one", "one<br>two<br>three"].map((text) => ({ name: text, layout: { title: { text } } }));
    page.show(figureHtml({ ...line, slider: { label: "step", stages, start: 0 } }, fallback));
    page.show(figureHtml({ ...line, slider: { label: "step", stages, start: 1 } }, fallback));
    await page.settle();
    const [first, second] = page.drawings.map(({ layout }) => layout);
    expect(first!.margin.t).toBe(second!.margin.t);
    expect([first, second].map((layout) => layout!.title.text)).toEqual(["one", "one<br>two<br>three"]);
  });

  test("several knobs choose a stage together, each with a label and a place of its own", async () => {
    const knobs = [
      { label: "size", values: ["S", "L"] },
      { label: "colour", values: ["red", "green", "blue"] },
    ];
    const names = knobs[0]!.values.flatMap((size) => knobs[1]!.values.map((colour) => `${size} ${colour}`));
    const stages = names.map((name, i) => ({ name, data: [{ y: [i] }] }));
    const output = page.show(figureHtml({ ...line, slider: { label: "all", stages, knobs, start: 4 } }, fallback));
    await page.settle();
    const inputs = [...output.querySelectorAll("input[type=range]")];
    const said = () => inputs.map((input) => input.getAttribute("aria-valuetext"));
    expect(inputs.map((input) => input.labels[0].firstChild.textContent)).toEqual(["size", "colour"]);
    expect(said()).toEqual(["L", "green"]);
    const turn = async (knob: number, value: string) => {
      inputs[knob].value = value;
      inputs[knob].dispatchEvent(new page.window.Event("input"));
      await page.settle();
    };
    await turn(1, "2");
    await turn(0, "0");
    expect(said()).toEqual(["S", "blue"]);
    expect(page.drawings.map(({ data }) => data[0]!.y)).toEqual([[4], [5], [2]]);
  });

  test("the row that is picked or pointed at comes into focus, and is spoken of", async () => {
    const heads = attentionMap({
      weights: [[[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [0, 1]]], // biome-ignore format: two matrices
      tokens: ["it", "was"],
    });
    const output = page.show(figureHtml(heads, fallback));
    await page.settle();
    const [head, token] = output.querySelectorAll("input[type=range]");
    const said = () => output.querySelectorAll("output")[1].textContent;
    const bands = () => page.drawings.at(-1)!.layout.shapes.map(({ y0, y1 }) => [y0, y1]);
    const choose = async (input: { value: string; dispatchEvent(event: unknown): void }, value: string) => {
      input.value = value;
      input.dispatchEvent(new page.window.Event("input"));
      await page.settle();
    };
    expect([said(), bands()]).toEqual(["all", []]);
    await choose(token, "2");
    expect(said()).toBe("was → was 80 %, it 20 %");
    expect(token.getAttribute("aria-valuetext")).toBe(said());
    expect(bands()).toEqual([[-0.5, 0.5], [1.5, 1.5], [0.5, 1.5]]); // biome-ignore format: three bands
    await choose(head, "1");
    expect(said()).toBe("was → was 100 %");
    const { handlers } = page.drawings.at(-1)!.div;
    handlers["plotly_hover"]!({ points: [{ y: 0 }] });
    expect(said()).toBe("it → it 50 %, was 50 %");
    handlers["plotly_unhover"]!();
    expect(said()).toBe("was → was 100 %"); // what was picked comes back
  });

  test("a point is found by its name, by how it begins, or by a click, and joined to those nearest to it", async () => {
    const map = embeddingMap({
      names: ["cat", "dog", "<cow>"],
      points: [[0, 0], [5, 5], [1.234567, 0]], // biome-ignore format: three points
      vectors: [[1, 0], [3, 1], [0, 2]], // biome-ignore format: three vectors
      neighbours: 1,
      start: "cat",
    });
    const output = page.show(figureHtml(map, fallback));
    await page.settle();
    const input = output.querySelector("input[type=search]");
    const said = () => output.querySelector("output").textContent;
    const spokes = () => page.drawings.at(-1)!.data.slice(1).map(({ x }) => x); // biome-ignore format: one line
    const write = async (text: string) => {
      input.value = text;
      input.dispatchEvent(new page.window.Event("input"));
      await page.settle();
    };
    expect(input.labels[0].textContent).toContain("find a word");
    expect([...input.list.options].map(({ value }) => value)).toEqual(["cat", "dog", "<cow>"]);
    expect([input.value, said(), spokes()]).toEqual(["cat", "cat → dog 0.95", [[0, 5, null], [0, 5]]]); // biome-ignore format: lines, then marks
    await write(" <C");
    expect([said(), spokes()]).toEqual(["<cow> → dog 0.32", [[1.2346, 5, null], [1.2346, 5]]]); // biome-ignore format: lines, then marks
    await write("horse");
    expect([said(), spokes()]).toEqual(['no word here begins with "horse"', []]);
    page.drawings.at(-1)!.div.handlers["plotly_click"]!({ points: [{ x: 5, y: 5 }] });
    await page.settle();
    expect([input.value, said()]).toEqual(["dog", "dog → cat 0.95"]);
    await write("");
    expect([said(), spokes()]).toEqual(["", []]);
  });

  test("a live figure goes on in the same plot until it is done", async () => {
    const step = (y: number[], done = false): Figure => ({ ...line, data: [{ y }], ...(done ? { height: 200 } : {}) });
    const output = page.show(figureHtml(step([1, 2]), fallback, { live: "a" }));
    await page.settle();
    page.show(figureHtml(step([1, 2, 3]), fallback, { live: "a" }), output);
    await page.settle();
    page.show(figureHtml(step([1, 2, 3, 4]), fallback, { live: "a", done: true }), output);
    await page.settle();
    expect(page.drawings.map(({ data }) => data[0]!.y.length)).toEqual([2, 3, 4]);
    expect(new Set(page.drawings.map(({ div }) => div)).size).toBe(1);
    expect(output.querySelectorAll("[role=group]")).toHaveLength(1);
    page.show(figureHtml(step([9]), fallback, { live: "a" }), output);
    await page.settle();
    expect(page.drawings[3]!.div).not.toBe(page.drawings[0]!.div);
  });
});

describe("layout", () => {
  interface PlotLayout {
    [name: string]: unknown;
    margin: { t: number; l: number };
    colorway: string[];
  }
  const layoutOf = (layout: Figure["layout"], data: Figure["data"] = line.data, width = 700): PlotLayout => {
    page.window.eval(layoutScript);
    return page.window.courseLayout.plotOf({ ...line, data, layout }, { width }).layout;
  };

  test("the figure's own wishes win, one by one", () => {
    const layout = layoutOf({ margin: { l: 5 }, xaxis: { title: { text: "step" } } });
    expect(layout.margin.l).toBe(5);
    expect(layout.margin.t).toBeGreaterThan(0);
    expect(layout["xaxis"]).toMatchObject({ title: { text: "step", standoff: 8 }, automargin: true });
    expect(layout["yaxis"]).toMatchObject({ automargin: true });
  });

  test("every further axis has the same look", () => {
    expect(layoutOf({ yaxis2: { domain: [0, 0.4] } })["yaxis2"]).toMatchObject({ automargin: true, domain: [0, 0.4] });
  });

  test("room is left for title and legend, more where names need several rows", () => {
    const named = (count: number) => Array.from({ length: count }, (_, i) => ({ y: [1], name: `optimiser ${i}` }));
    const plain = layoutOf({}).margin.t;
    const titled = layoutOf({ title: { text: "Loss" } }).margin.t;
    const oneRow = layoutOf({}, named(3)).margin.t;
    const narrow = layoutOf({}, named(3), 300).margin.t;
    expect(titled).toBeGreaterThan(plain);
    expect(oneRow).toBeGreaterThan(plain);
    expect(narrow).toBeGreaterThan(oneRow);
  });

  test("a long title is broken into lines where the page is narrow, and gets the room", () => {
    const title = { text: "A rather long title that tells the whole story" };
    const [wide, narrow] = [700, 300].map((width) => layoutOf({ title }, line.data, width)) as [PlotLayout, PlotLayout];
    expect(wide["title"]).toMatchObject({ text: title.text });
    expect(narrow["title"]).toMatchObject({ text: "A rather long title that<br>tells the whole story" });
    expect(narrow.margin.t).toBeGreaterThan(wide.margin.t);
  });

  test("every colour of the palette is known to the page, also with an opacity", () => {
    const tokens = Object.values(colours).filter((value) => typeof value === "string" && value.startsWith("@"));
    expect(tokens).toHaveLength(12);
    const { marks } = layoutOf({ marks: [...tokens, colours.fade(colours.blue, 0.25), "#123456/0.5", "plain @ text"] });
    const [plain, ...others] = (marks as string[]).reverse();
    expect(plain).toBe("plain @ text");
    expect(others.slice(0, 2)).toEqual(["rgba(18,52,86,0.5)", "rgba(0,114,178,0.25)"]);
    for (const colour of others.slice(2)) expect(colour).toMatch(/^#[0-9a-fA-F]{6}$/);
    expect(layoutOf({}).colorway).toEqual(layoutOf({ marks: colours.palette })["marks"]);
  });
});
