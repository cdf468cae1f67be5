/** Attributes of one plotly trace, as in https://plotly.com/javascript/reference; colours may be tokens of `ink.ts`. */
export interface Trace {
  readonly type?: string;
  readonly [attribute: string]: unknown;
}

/** Attributes of a plotly layout. Fonts, margins, grid and colours have defaults that follow the page's theme. */
export interface Layout {
  readonly [attribute: string]: unknown;
}

/** What changes when the slider moves here: attributes laid over each trace, in order, and over the layout. */
export interface Stage {
  readonly name: string;
  /** What the picture shows at this stage, read aloud. Default: the name. */
  readonly alt?: string;
  readonly data?: readonly Trace[];
  readonly layout?: Layout;
}

/** A control below a figure that steps through stages: epochs of a training, steps of an algorithm. */
export interface Slider {
  /** What a step is: "epoch". */
  readonly label: string;
  readonly stages: readonly Stage[];
  /** The stage shown first, and the one in the static picture. Default: the last. */
  readonly start?: number;
  /**
   * Several controls instead of one: there is a stage for every combination of their values, in the order in which the
   * last knob changes fastest.
   */
  readonly knobs?: readonly Knob[];
  /** Whether two buttons stand beside the range: a stage back, a stage on. Default: false. */
  readonly buttons?: boolean;
}

/** One of several controls below a figure: "temperature", from "0.2" to "2". */
export interface Knob {
  readonly label: string;
  readonly values: readonly string[];
}

/** A control below a figure whose rows are named: puts one row into focus, dims the others, says something about it. */
export interface Focus {
  /** What a row is: "token". */
  readonly label: string;
  /** The rows' names, from row 0 of the y axis on. */
  readonly names: readonly string[];
  /** What is said of each row, at each stage of the slider (one stage where there is no slider). */
  readonly texts: readonly (readonly string[])[];
}

/** A control below a figure whose points are named: finds one by its name, and marks it and the points nearest to it. */
export interface Search {
  /** What a point is: "word". */
  readonly label: string;
  readonly points: readonly SearchPoint[];
  /** The point found first, and the one in the static picture. Default: none. */
  readonly start?: number;
}

export interface SearchPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** The nearest other points, nearest first. */
  readonly near: readonly number[];
  /** What is said when it is found. */
  readonly text: string;
}

/** A picture as plain data: what plotly draws, and what it says to someone who cannot see it. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
  /** What the picture shows, in words: read aloud, printed in a terminal, shown where no picture can be. */
  readonly alt: string;
  /** In pixels. The width is the page's. */
  readonly height: number;
  readonly slider?: Slider;
  readonly focus?: Focus;
  readonly search?: Search;
}

export interface FigureOptions {
  readonly data: readonly Trace[];
  readonly layout?: Layout;
  readonly alt: string;
  readonly height?: number;
  readonly slider?: Slider;
  readonly focus?: Focus;
  readonly search?: Search;
}

/** A figure from plotly traces and layout: `figure({ data: [{ y: [1, 4, 9] }], alt: "The first three squares." })`. */
export function figure({ data, layout = {}, alt, height = 360, slider, focus, search }: FigureOptions): Figure {
  if (data.length === 0) throw new Error("figure: expected at least one trace, got none");
  if (typeof alt !== "string" || alt.trim() === "")
    throw new Error("figure: expected alt, a sentence that says what the picture shows, got none");
  if (!(height >= 80)) throw new Error(`figure: expected a height of at least 80 pixels, got ${height}`);
  if (slider) checkSlider(slider, data.length);
  if (focus) checkFocus(focus, slider?.stages.length ?? 1);
  if (search) checkSearch(search);
  const controls = { ...(slider ? { slider } : {}), ...(focus ? { focus } : {}), ...(search ? { search } : {}) };
  return { data, layout, alt: alt.trim(), height, ...controls };
}

function checkFocus({ names, texts }: Focus, stages: number): void {
  if (texts.length !== stages)
    throw new Error(`figure: expected texts of the focus for ${stages} stages, got ${texts.length}`);
  for (const text of texts) {
    if (text.length !== names.length)
      throw new Error(`figure: expected a text for each of ${names.length} rows in focus, got ${text.length}`);
  }
}

function checkSearch({ points, start }: Search): void {
  if (start !== undefined && !points[start])
    throw new Error(`figure: expected the search to start from 0 to ${points.length - 1}, got ${start}`);
  for (const { name, near } of points) {
    const stranger = near.find((i) => !points[i]);
    if (stranger !== undefined)
      throw new Error(`figure: expected points near "${name}" from 0 to ${points.length - 1}, got ${stranger}`);
  }
}

function checkSlider({ stages, start, knobs }: Slider, traces: number): void {
  if (stages.length === 0) throw new Error("figure: expected at least one stage on the slider, got none");
  for (const { name, data = [] } of stages) {
    if (data.length > traces)
      throw new Error(`figure: expected at most ${traces} traces in stage "${name}", got ${data.length}`);
  }
  const combinations = knobs?.reduce((count, { values }) => count * values.length, 1);
  if (combinations !== undefined && combinations !== stages.length)
    throw new Error(
      `figure: expected a stage for each of the knobs' ${combinations} combinations, got ${stages.length}`,
    );
  if (start !== undefined && !stages[start])
    throw new Error(`figure: expected a start from 0 to ${stages.length - 1}, got ${start}`);
}
