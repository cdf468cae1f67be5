// @ts-nocheck: runs in a page, where there are other types than in Node
/*
 * Draws the course's figures in a page (JupyterLab, the book), and computes the same layout for the static pictures.
 * A page holds <figure class="course-figure"> with a static <img> and its data as JSON; this file is loaded once,
 * loads plotly once, and puts an interactive plot in the place of each image. Where anything is missing the image stays.
 */
(() => {
  /* Okabe and Ito's colours; blue is lighter on a dark page, and `warm` is vermillion as text, which needs more contrast. */
  const COLORS = {
    ...{ blue: "#0072B2", orange: "#E69F00", green: "#009E73", purple: "#CC79A7" },
    ...{ vermillion: "#D55E00", sky: "#56B4E9", yellow: "#F0E442", warm: "#B04C00" },
  };
  const ON_DARK = { ...COLORS, blue: "#3E9FDB", sky: "#A5D8F6", warm: "#F08A45" };
  const LIGHT = { ...COLORS, ink: "#1f2328", muted: "#59636e", grid: "#e2e5e9", paper: "#ffffff" };
  const FONT = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif";
  const CONFIG = {
    displaylogo: false,
    displayModeBar: "hover",
    showSendToCloud: false, // plotly 4 would offer to upload the figure
    plotlyServerURL: "",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    doubleClick: "reset",
  };

  /** Replaces the colour tokens ("@ink", "@blue/0.2") in a copy of the value. */
  function inked(value, theme) {
    if (typeof value === "string") return /^@|^#\w{6}\//.test(value) ? colorOf(value, theme) : value;
    if (Array.isArray(value)) {
      if (typeof value[0] === "number" && typeof value.at(-1) === "number") return value;
      return value.map((item) => inked(item, theme));
    }
    if (value === null || typeof value !== "object" || value.bdata) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inked(item, theme)]));
  }

  function colorOf(token, theme) {
    const [name, opacity] = token.split("/");
    const color = name[0] === "#" ? name : theme[name.slice(1)];
    if (color === undefined || opacity === undefined) return color ?? token;
    return `rgba(${[1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16))},${opacity})`;
  }

  /** The second object laid over the first, all the way down; arrays are replaced whole. */
  function overlaid(under, over) {
    if (!isPlain(under) || !isPlain(over)) return over === undefined ? under : over;
    const result = { ...under };
    for (const [key, value] of Object.entries(over)) result[key] = overlaid(under[key], value);
    return result;
  }

  const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && !value.bdata;

  const AXIS = {
    automargin: true,
    gridcolor: "@grid",
    linecolor: "@muted",
    zerolinecolor: "@muted",
    zerolinewidth: 1,
    tickcolor: "@muted",
    exponentformat: "power",
    title: { standoff: 8, font: { size: 13 } },
  };

  /** What every figure shares. */
  function defaults(spec, width) {
    const { title, legend } = spec.layout;
    const names = spec.data.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => trace.name);
    const hasLegend = spec.layout.showlegend ?? names.length > 1;
    const rows = hasLegend ? legendRows(names, width - 90) : 0;
    return {
      width,
      height: spec.height,
      autosize: false,
      showlegend: hasLegend,
      uirevision: "keep",
      colorway: ["@blue", "@orange", "@green", "@purple", "@vermillion", "@sky", "@yellow"],
      font: { family: FONT, size: 13, color: "@ink" },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 56, r: 24, t: 14 + (title ? 28 : 0) + rows * 22, b: 44 },
      title: {
        x: 0,
        xref: "paper",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: 12 },
        font: { size: 15 },
      },
      legend: legend ?? { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
      hoverlabel: { bgcolor: "@paper", bordercolor: "@muted", font: { color: "@ink" } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: "@muted", activecolor: "@ink" },
    };
  }

  /** How many rows a horizontal legend takes: plotly lays it out in columns as wide as the widest name. */
  function legendRows(names, width) {
    const total = names.reduce((sum, name) => sum + entryWidth(name), 0);
    if (total <= width) return 1;
    const columns = Math.max(1, Math.floor(width / Math.max(...names.map(entryWidth))));
    return Math.ceil(names.length / columns);
  }

  const entryWidth = (name) => 50 + String(name).replace(/<[^>]*>/g, "").length * 7;

  /** The plotly data and layout of one stage of a figure, in a theme, at a width. */
  function plotOf(spec, { stage, theme = LIGHT, width }) {
    const at = spec.slider?.stages[stage ?? spec.slider.start ?? spec.slider.stages.length - 1];
    const data = spec.data.map((trace, i) => overlaid(trace, at?.data?.[i]));
    const own = overlaid(spec.layout, at?.layout);
    const layout = overlaid(defaults({ ...spec, data, layout: own }, width), own);
    const axes = new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))]);
    for (const axis of axes) layout[axis] = overlaid(AXIS, layout[axis] ?? {});
    return { data: inked(data, theme), layout: inked(layout, theme) };
  }

  /** Text colour and background as the page shows them around the element, and what lies between. */
  function themeOf(element) {
    const ink = channels(getComputedStyle(element).color) ?? [31, 35, 40];
    let paper;
    for (let e = element; e && !paper; e = e.parentElement) paper = channels(getComputedStyle(e).backgroundColor);
    paper ??= [255, 255, 255];
    const mix = (share) => hex(ink.map((c, i) => c * share + paper[i] * (1 - share)));
    const isDark = paper[0] + paper[1] + paper[2] < 384;
    return { ...(isDark ? ON_DARK : COLORS), ink: mix(1), muted: mix(0.7), grid: mix(0.14), paper: mix(0) };
  }

  const hex = (rgb) => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;

  /** `rgb(1, 2, 3)` as numbers; undefined where it is transparent. */
  function channels(color) {
    const [r, g, b, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    return b === undefined || alpha < 0.5 ? undefined : [r, g, b];
  }

  const base = () => globalThis.courseFiles;
  const drawn = new Map(); // live figures by id, so that an update continues in the same plot
  let plotly;

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      if (globalThis.Plotly) return resolve(globalThis.Plotly);
      const script = document.createElement("script");
      script.src = `${base()}node_modules/plotly.js-dist/plotly.js`;
      script.onload = () => (globalThis.Plotly ? resolve(globalThis.Plotly) : reject(new Error("plotly did not load")));
      script.onerror = () => reject(new Error("plotly did not load"));
      document.head.append(script);
    });
    return plotly;
  }

  /** One figure on the page. */
  class Plot {
    constructor(figure, spec) {
      this.div = document.createElement("div");
      this.div.setAttribute("role", "group"); // not "img": plotly puts buttons inside;
      this.move(figure, spec);
    }

    /** Takes a place on the page: at first, and when a live figure's output was replaced. */
    move(figure, spec) {
      this.figure = figure;
      this.spec = spec;
      figure.coursePlot = this;
      this.stage = spec.slider ? (spec.slider.start ?? spec.slider.stages.length - 1) : undefined;
      this.div.setAttribute("aria-label", spec.alt);
      this.div.style.minHeight = `${spec.height}px`;
      this.shown = "";
      if (this.ready) this.place();
      new ResizeObserver(() => this.draw()).observe(figure);
    }

    place() {
      const fallback = this.figure.querySelector(".course-fallback");
      if (fallback) fallback.style.display = "none";
      this.figure.insertBefore(this.div, fallback);
      if (this.spec.slider && !this.figure.querySelector("input")) this.figure.append(this.controls());
    }

    /** Draws when something that it depends on has changed: width, theme, stage. */
    async draw() {
      const width = Math.floor(this.figure.clientWidth);
      if (width < 50) return; // hidden: drawn when it comes into sight
      const Plotly = await loadPlotly().catch(() => undefined);
      if (!Plotly) return;
      const theme = themeOf(this.figure);
      const state = JSON.stringify([width, theme, this.stage]);
      if (state === this.shown) return;
      this.shown = state;
      if (!this.ready) this.place();
      this.ready = true;
      const { data, layout } = plotOf(this.spec, { stage: this.stage, theme, width });
      await Plotly.react(this.div, data, layout, CONFIG);
    }

    controls() {
      const { label, stages } = this.spec.slider;
      const row = document.createElement("label");
      row.className = "course-slider";
      row.style.cssText = "display:flex;gap:.75em;align-items:center;padding:0 1em .5em;max-width:700px";
      const input = document.createElement("input");
      Object.assign(input, { type: "range", min: 0, max: stages.length - 1, step: 1, value: this.stage });
      input.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys
      input.style.cssText = "flex:1;min-width:6em";
      const output = document.createElement("output");
      output.style.cssText = "min-width:5em;font-variant-numeric:tabular-nums";
      const show = () => {
        output.textContent = stages[input.value].name;
        input.setAttribute("aria-valuetext", stages[input.value].name);
      };
      input.addEventListener("input", () => {
        this.stage = Number(input.value);
        show();
        this.draw();
      });
      show();
      row.append(label, input, output);
      return row;
    }
  }

  /** Draws the figures of the page that are not yet drawn. */
  function scan() {
    for (const figure of document.querySelectorAll("figure.course-figure")) {
      if (figure.coursePlot) continue;
      const source = figure.querySelector('script[type="application/json"]');
      if (!source) continue;
      const spec = JSON.parse(source.textContent);
      const before = drawn.get(spec.live);
      const plot = before && !before.figure.isConnected ? before : undefined;
      if (plot) plot.move(figure, spec);
      else if (spec.live) drawn.set(spec.live, new Plot(figure, spec));
      else new Plot(figure, spec);
      if (spec.done) drawn.delete(spec.live);
    }
  }

  globalThis.courseFigures = { scan, plotOf };
  if (globalThis.courseStatic) return; // a static picture is being made

  const style = document.createElement("style"); // images are enlarged: show their pixels
  style.textContent = ".course-figure .imagelayer image { image-rendering: pixelated }";
  document.head.append(style);
  const redraw = () => {
    for (const figure of document.querySelectorAll("figure.course-figure")) figure.coursePlot?.draw();
  };
  const watch = new MutationObserver(() => {
    redraw();
    setTimeout(redraw, 400); // a theme's style sheet may arrive after its name
  });
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  scan();
})();
