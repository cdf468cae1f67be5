// @ts-nocheck: runs in a page, where there are other types than in Node
/*
 * What plotly is given for a figure: its data and layout in a theme, at a width. Used by `figures.js` in a page and by
 * the static pictures, so that both look alike.
 */
(() => {
  /* Okabe and Ito's colours; blue is lighter on a dark page, and `warm` is vermillion as text, which needs more contrast. */
  const COLORS = {
    ...{ blue: "#0072B2", orange: "#E69F00", green: "#009E73", purple: "#CC79A7" },
    ...{ vermillion: "#D55E00", sky: "#56B4E9", yellow: "#F0E442", warm: "#B04C00" },
  };
  const ON_DARK = { ...COLORS, blue: "#3E9FDB", sky: "#A5D8F6", warm: "#F08A45" };
  const INK = [31, 35, 40]; // where no page says otherwise, on white
  const FONT = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif";

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
    const lines = linesOf(title, width);
    const stages = spec.slider?.stages ?? []; // the longest title makes the room, so that the picture stays where it is
    const titleRows = Math.max(lines.length, ...stages.map(({ layout }) => linesOf(layout?.title, width).length));
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
      margin: { l: 56, r: 24, t: 14 + (titleRows ? 10 + titleRows * 18 : 0) + rows * 22, b: 44 },
      title: {
        text: lines.join("<br>"),
        x: 0,
        xref: "paper",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: lines.length > 1 ? 24 : 12 }, // plotly sets lines a little higher than one line
        font: { size: 15 },
      },
      legend: legend ?? { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
      hoverlabel: { bgcolor: "@paper", bordercolor: "@muted", font: { color: "@ink" } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: "@muted", activecolor: "@ink" },
    };
  }

  /** The lines of a title; it may have `<br>` of its own. */
  const linesOf = (title, width) =>
    title?.text ? title.text.split("<br>").flatMap((line) => wrapped(line, (width - 90) / 8)) : [];

  /** A title in lines of at most so many characters. */
  function wrapped(text, limit) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (longer.replace(/<[^>]*>/g, "").length <= limit || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  /** How many rows a horizontal legend takes: plotly lays it out in columns as wide as the widest name. */
  function legendRows(names, width) {
    const total = names.reduce((sum, name) => sum + entryWidth(name), 0);
    if (total <= width) return 1;
    const columns = Math.max(1, Math.floor(width / Math.max(...names.map(entryWidth))));
    return Math.ceil(names.length / columns);
  }

  const entryWidth = (name) => 50 + String(name).replace(/<[^>]*>/g, "").length * 7;

  /** Shapes that dim all rows but one. */
  function focusShapes({ names }, row) {
    if (row === undefined) return [];
    const band = { type: "rect", xref: "x domain", x0: 0, x1: 1, line: { width: 0 }, fillcolor: "@paper/0.75" };
    return [
      { ...band, y0: -0.5, y1: row - 0.5 },
      { ...band, y0: row + 0.5, y1: names.length - 0.5 },
      { ...band, y0: row - 0.5, y1: row + 0.5, fillcolor: "rgba(0,0,0,0)", line: { width: 2, color: "@warm" } },
    ];
  }

  /** Over the traces, which fade: the point that was found, those nearest to it, and lines between them. */
  function withFound(data, { points }, found) {
    if (found === undefined) return data;
    const at = points[found];
    const marked = [at, ...at.near.map((i) => points[i])];
    const [x, y] = ["x", "y"].map((axis) => marked.map((point) => point[axis]));
    const spokes = (places) => places.slice(1).flatMap((place) => [places[0], place, null]);
    const common = { type: "scatter", showlegend: false, hoverinfo: "skip" };
    return [
      ...data.map((trace) => ({ ...trace, opacity: 0.3 })),
      { ...common, mode: "lines", x: spokes(x), y: spokes(y), line: { color: "@muted", width: 1 } },
      {
        ...common,
        mode: "markers+text",
        x,
        y,
        text: marked.map(({ name }, i) => (i === 0 ? `<b>${plain(name)}</b>` : plain(name))),
        textposition: marked.map((point, i) =>
          i === 0 ? "top center" : point.x < at.x ? "middle left" : "middle right",
        ),
        textfont: { color: "@ink" },
        marker: {
          color: marked.map((_, i) => (i === 0 ? "@warm" : "@ink")),
          size: marked.map((_, i) => (i === 0 ? 14 : 8)),
          symbol: marked.map((_, i) => (i === 0 ? "star" : "circle")),
          line: { color: "@paper", width: 1 },
        },
      },
    ];
  }

  /** A name as plotly shows it, which would read tags. */
  const plain = (name) => name.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  /** The plotly data and layout of a figure in a theme, at a width: at one stage, with a row in focus, with a point found. */
  function plotOf(spec, { stage, focus, found, theme = themeBetween(INK, [255, 255, 255]), width }) {
    const at = spec.slider?.stages[stage ?? spec.slider.start ?? spec.slider.stages.length - 1];
    const data = spec.data.map((trace, i) => overlaid(trace, at?.data?.[i]));
    const own = overlaid(spec.layout, at?.layout);
    const shared = defaults({ ...spec, data, layout: own }, width);
    const layout = overlaid(shared, own);
    layout.title = { ...layout.title, text: shared.title.text };
    if (spec.focus) layout.shapes = [...(layout.shapes ?? []), ...focusShapes(spec.focus, focus)];
    const axes = new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))]);
    for (const axis of axes) layout[axis] = overlaid(AXIS, layout[axis] ?? {});
    const shown = spec.search ? withFound(data, spec.search, found) : data;
    return { data: inked(shown, theme), layout: inked(layout, theme) };
  }

  /** The colours between a text colour and a background, both as `[r, g, b]`. */
  function themeBetween(ink, paper) {
    const mix = (share) => hex(ink.map((c, i) => c * share + paper[i] * (1 - share)));
    const isDark = paper[0] + paper[1] + paper[2] < 384;
    return { ...(isDark ? ON_DARK : COLORS), ink: mix(1), muted: mix(0.7), grid: mix(0.14), paper: mix(0) };
  }

  const hex = (rgb) => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;

  globalThis.courseLayout = { plotOf, themeBetween };
})();
