// @ts-nocheck: runs in a page, where there are other types than in Node
/*
 * Draws the course's figures in a page (JupyterLab, the book). A page holds <figure class="course-figure"> with a static
 * picture and its data as JSON; this file is loaded once, loads plotly once, and puts an interactive plot in the place of
 * each picture. Where anything is missing the picture stays.
 */
(() => {
  const CONFIG = {
    displaylogo: false,
    displayModeBar: "hover",
    showSendToCloud: false, // plotly 4 would offer to upload the figure
    plotlyServerURL: "",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    doubleClick: "reset",
  };

  /** Text colour and background as the page shows them around the element, and what lies between. */
  function themeOf(element) {
    const ink = channels(getComputedStyle(element).color) ?? [31, 35, 40];
    let paper;
    for (let e = element; e && !paper; e = e.parentElement) paper = channels(getComputedStyle(e).backgroundColor);
    paper ??= [255, 255, 255];
    return globalThis.courseLayout.themeBetween(ink, paper);
  }

  /** `rgb(1, 2, 3)` as numbers; undefined where it is transparent. */
  function channels(color) {
    const [r, g, b, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    return b === undefined || alpha < 0.5 ? undefined : [r, g, b];
  }

  const drawn = new Map(); // live figures by id, so that an update continues in the same plot
  let tools;
  let searches = 0; // fields so far: each names its list

  /** Loads plotly and what says how figures look, once a page. */
  function loadTools() {
    tools ??= Promise.all([
      loaded("Plotly", "node_modules/plotly.js-dist/plotly.js"),
      loaded("courseLayout", "lib/plot/browser/layout.js"),
    ]);
    return tools;
  }

  /** What a script of the course's files leaves under a global name. */
  function loaded(name, file) {
    return new Promise((resolve, reject) => {
      if (globalThis[name]) return resolve(globalThis[name]);
      const script = document.createElement("script");
      script.src = globalThis.courseFiles + file;
      script.onload = () => (globalThis[name] ? resolve(globalThis[name]) : reject(new Error(`no ${name} in ${file}`)));
      script.onerror = () => reject(new Error(`${file} did not load`));
      document.head.append(script);
    });
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
      this.focus = undefined; // the row in focus, or none
      this.found = spec.search?.start; // the point that was searched for, or none
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
      if (this.figure.querySelector("input")) return;
      if (this.spec.slider) this.figure.append(...this.stageControls());
      if (this.spec.focus) this.figure.append(this.focusControl());
      if (this.spec.search) this.figure.append(this.searchControl());
    }

    /** Draws when something that it depends on has changed: width, theme, stage. */
    async draw() {
      const width = Math.floor(this.figure.clientWidth);
      if (width < 50) return; // hidden: drawn when it comes into sight
      const loaded = await loadTools().catch(() => undefined);
      if (!loaded) return;
      const [Plotly, { plotOf }] = loaded;
      const theme = themeOf(this.figure);
      const state = JSON.stringify([width, theme, this.choices()]);
      if (state === this.shown) return;
      this.shown = state;
      if (!this.ready) this.place();
      this.ready = true;
      const { data, layout } = plotOf(this.spec, { ...this.choices(), theme, width });
      const toolbar = width < 520 ? false : CONFIG.displayModeBar; // on a telephone it would hide the title
      await Plotly.react(this.div, data, layout, { ...CONFIG, displayModeBar: toolbar });
      if (!this.listening) this.listen();
    }

    /** What the controls say. */
    choices() {
      return { stage: this.stage, focus: this.focus, found: this.found };
    }

    /** One range through all stages; or a range for each knob, whose places together say which stage. */
    stageControls() {
      const { slider } = this.spec;
      const { label, stages, buttons, knobs = [{ label, values: stages.map(({ name }) => name) }] } = slider;
      const places = [];
      let rest = this.stage;
      for (const { values } of [...knobs].reverse()) {
        places.unshift(rest % values.length);
        rest = Math.floor(rest / values.length);
      }
      return knobs.map(({ label, values }, k) => {
        const range = rangeControl(label, values.length - 1, places[k], (value) => {
          places[k] = value;
          this.stage = knobs.reduce((stage, knob, i) => stage * knob.values.length + places[i], 0);
          this.refocus?.();
          this.draw();
          const { alt } = stages[this.stage];
          if (alt && this.ready) this.div.setAttribute("aria-label", alt);
          return [values[value], alt];
        });
        const { row, input } = range;
        if (buttons) {
          const [back, on] = [stepButton("‹", `${label} back`, -1, range), stepButton("›", `next ${label}`, 1, range)];
          input.after(back, on);
          input.setAttribute("aria-label", label); // else the buttons' names belong to it
          row.lastChild.style.flex = "1 1 10em";
          row.style.maxWidth = "none";
        }
        if (knobs.length > 1) row.firstChild.style.minWidth = "7em"; // the ranges below each other begin at one place
        return row;
      });
    }

    /** Place 0 is all rows, place 1 the first row. */
    focusControl() {
      const { label, names, texts } = this.spec.focus;
      const { row, input, show } = rangeControl(label, names.length, 0, (value) => {
        this.focus = value === 0 ? undefined : value - 1;
        this.draw();
        return [value === 0 ? "all" : `${names[value - 1]} → ${texts[this.stage ?? 0][value - 1]}`];
      });
      row.lastChild.style.flex = "1 1 14em"; // room for the text, so that the range stays where it is
      this.refocus = show;
      this.point = (value) => {
        input.value = value;
        show();
      };
      return row;
    }

    /** Finds the point of a name, or the first whose name begins with what is written. */
    searchControl() {
      const { label, points } = this.spec.search;
      const input = document.createElement("input");
      const names = document.createElement("datalist");
      names.id = `course-names-${++searches}`;
      names.append(...points.map(({ name }) => Object.assign(document.createElement("option"), { value: name })));
      Object.assign(input, { type: "search", value: points[this.found]?.name ?? "", autocomplete: "off" });
      input.setAttribute("list", names.id);
      input.setAttribute("aria-label", `find a ${label}`); // else what is found belongs to its name
      input.style.cssText =
        "font:inherit;color:inherit;background:transparent;border:1px solid;padding:.15em .4em;width:10em;min-width:6em";
      const { row, output } = controlRow(`find a ${label}`, input);
      row.style.flexWrap = "wrap"; // on a telephone what was found stands below the field
      output.style.flex = "1 1 14em";
      const show = () => {
        const written = input.value.trim().toLowerCase();
        const exact = points.findIndex(({ name }) => name.toLowerCase() === written);
        const place = exact >= 0 ? exact : points.findIndex(({ name }) => name.toLowerCase().startsWith(written));
        this.found = written && place >= 0 ? place : undefined;
        const none = written ? `no ${label} here begins with "${written}"` : "";
        output.textContent = this.found === undefined ? none : `${points[place].name} → ${points[place].text}`;
        this.draw();
      };
      input.addEventListener("input", show);
      this.find = (name) => {
        input.value = name;
        show();
      };
      show();
      row.append(names);
      return row;
    }

    /** Points and rows can be pointed at. */
    listen() {
      this.listening = true;
      if (this.spec.focus) this.listenToRows();
      if (this.spec.search) this.listenToPoints();
    }

    /** A point that is clicked is found. */
    listenToPoints() {
      this.div.on?.("plotly_click", ({ points: [{ x, y }] }) => {
        const away = (point) => Math.hypot(point.x - x, point.y - y); // not 0: both were rounded on the way
        this.find(this.spec.search.points.reduce((a, b) => (away(b) < away(a) ? b : a)).name);
      });
    }

    /** The row that is pointed at comes into focus; what was in focus before comes back afterwards. */
    listenToRows() {
      let before;
      this.div.on?.("plotly_hover", ({ points: [at] }) => {
        before ??= this.focus === undefined ? 0 : this.focus + 1;
        this.point(at.y + 1);
      });
      this.div.on?.("plotly_unhover", () => {
        this.point(before ?? 0);
        before = undefined;
      });
      this.div.on?.("plotly_click", ({ points: [at] }) => {
        before = at.y + 1; // stays
      });
    }
  }

  /** A button that moves a range by one. */
  function stepButton(sign, name, by, { input, show }) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: name });
    button.setAttribute("aria-label", name);
    button.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the enter key
    button.style.cssText = "font:inherit;font-size:1.2em;min-width:2em;min-height:1.7em;line-height:1;cursor:pointer";
    button.addEventListener("click", () => {
      input.value = Number(input.value) + by; // the range keeps it between its ends
      show();
    });
    return button;
  }

  /** A labelled range from 0 to `max`; `choose` takes a value and returns how to call it, and what else to read aloud. */
  function rangeControl(label, max, value, choose) {
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: 0, max, step: 1, value });
    input.style.cssText = "flex:1;min-width:6em";
    const { row, output } = controlRow(label, input);
    const show = () => {
      const [text, more] = choose(Number(input.value));
      output.textContent = text;
      input.setAttribute("aria-valuetext", more ? `${text}: ${more}` : text);
    };
    input.addEventListener("input", show);
    show();
    return { row, input, show };
  }

  /** A row below a figure: a name, a control, and what it says. */
  function controlRow(label, input) {
    const row = document.createElement("label");
    row.className = "course-slider";
    row.style.cssText = "display:flex;gap:.75em;align-items:center;padding:0 1em .5em;max-width:700px";
    input.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the keys
    const output = document.createElement("output");
    output.style.cssText = "min-width:5em;font-variant-numeric:tabular-nums";
    const name = document.createElement("span");
    name.textContent = label;
    row.append(name, input, output);
    return { row, output };
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

  globalThis.courseFigures = { scan };

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
