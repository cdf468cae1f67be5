import { type ChartOptions, checkLengths, heading, largest, type Numbers, plain, smallest, titled } from "./chart";
import { type Figure, figure } from "./figure";
import { ink } from "./ink";
import { greyPng } from "./png";

export interface ImageGridOptions extends ChartOptions {
  /** The pixels of each image, row by row: rows of MNIST, a neuron's weights. */
  readonly images: readonly Numbers[];
  /** Of an image, in pixels. Default: square images. */
  readonly width?: number;
  readonly captions?: readonly string[];
  /** Images in a row. */
  readonly columns?: number;
  /** The values that are black and white. Default: each image's smallest and largest. */
  readonly limits?: readonly [number, number];
}

/** Greyscale images with captions: `imageGrid({ images: digits, captions: labels.map(String) })`. */
export function imageGrid(options: ImageGridOptions): Figure {
  const { images, captions, title, limits } = options;
  const count = images.length;
  if (count === 0) throw new Error("imageGrid: expected at least one image, got none");
  if (captions) checkLengths("imageGrid", { images: count, captions: captions.length });
  const width = options.width ?? Math.sqrt(images[0]!.length);
  if (!Number.isInteger(width))
    throw new Error(`imageGrid: expected width, as ${images[0]!.length} pixels are no square`);
  const columns = Math.min(options.columns ?? (count <= 10 ? Math.min(count, 5) : 10), count);
  const rows = Math.ceil(count / columns);
  const lines = captions ? Math.max(...captions.map((caption) => caption.split("\n").length)) : 0;
  const cell = Math.min(112, 640 / columns);
  const caption = lines * 17 + 6;

  const pictures = images.map((pixels, i) => {
    const [low, high] = limits ?? [smallest(pixels), largest(pixels)];
    const [x, y] = [i % columns, -Math.floor(i / columns)];
    const source = greyPng(pixels, width, { low, high });
    return { source, xref: "x", yref: "y", x: x + 0.04, y, sizex: 0.92, sizey: 0.92, xanchor: "left", yanchor: "top" };
  });
  const texts = (captions ?? []).map((text, i) => ({
    text: plain(text).replace(/\n/g, "<br>"),
    x: (i % columns) + 0.5,
    y: -Math.floor(i / columns) - 0.94,
    xanchor: "center",
    yanchor: "top",
    showarrow: false,
    font: { size: 12, color: ink },
  }));
  const rowHeight = 1 + (captions ? caption / cell : 0);
  const spread = (item: { y: number }) => ({ ...item, y: Math.ceil(item.y) * (rowHeight - 1) + item.y });
  const hidden = { visible: false, fixedrange: true };
  const layout = titled(title, {
    xaxis: { ...hidden, range: [0, Math.max(columns, 5)] },
    yaxis: { ...hidden, range: [-rows * rowHeight, 0], scaleanchor: "x", constrain: "domain", constraintoward: "top" },
    images: pictures.map(spread),
    annotations: texts.map(spread),
    showlegend: false,
    margin: { l: 8, r: 8, b: 8 },
    hovermode: false,
  });
  const points = { type: "scatter", x: [0], y: [0], mode: "markers", marker: { opacity: 0 }, hoverinfo: "skip" };
  const height = options.height ?? (title ? 50 : 22) + rows * (cell + (captions ? caption : 0));
  return figure({
    data: [points],
    layout,
    alt: options.alt ?? describe(options),
    height: Math.max(80, Math.ceil(height)),
  });
}

function describe({ images, captions, title }: ImageGridOptions): string {
  const first = captions?.slice(0, 12).map((caption) => caption.replace(/\n/g, ", "));
  const more = captions && captions.length > 12 ? ` and ${captions.length - 12} more` : "";
  const named = first ? `: ${first.join("; ")}${more}` : "";
  return `${heading(title)}${images.length} greyscale image${images.length === 1 ? "" : "s"}${named}.`;
}
