import { compactJson } from "./compact";
import { display, type MimeBundle } from "./display";
import type { Figure } from "./figure";
import { escapeHtml } from "./html";
import { staticSvg } from "./static-svg";

/** Shows a figure below the cell: `await show(lineChart({...}))`. */
export async function show(figure: Figure): Promise<void> {
  display(await figureBundle(figure));
}

/** A figure as one output: interactive where scripts run, an SVG picture where not, words where there are no pictures. */
export async function figureBundle(figure: Figure, options: FigureHtmlOptions = {}): Promise<MimeBundle> {
  const svg = await staticSvg(specOf(figure));
  const html = figureHtml(figure, imageHtml(svg, figure.alt), options);
  return { "text/html": html, "image/svg+xml": svg, "text/plain": figure.alt };
}

export interface FigureHtmlOptions {
  /** Names a figure that is updated in place: the next with this name continues in the same plot. */
  readonly live?: string;
  /** No more updates come. */
  readonly done?: boolean;
}

/** The element that `browser/figures.js` looks for. The fallback shows until, and unless, the plot is drawn. */
export function figureHtml(figure: Figure, fallback: string, options: FigureHtmlOptions = {}): string {
  return (
    `<figure class="course-figure" style="margin:0;min-height:${figure.height}px">${fallback}` +
    `<script type="application/json">${specOf(figure, options)}</script><script>${bootstrap}</script></figure>`
  );
}

function specOf({ alt, height, data, layout, slider, focus, search }: Figure, options: FigureHtmlOptions = {}): string {
  return compactJson({ alt, height, data, layout, slider, focus, search, ...options });
}

/** The picture inside the page itself: an exported notebook has no files beside it. */
export function imageHtml(svg: string, alt: string): string {
  const uri = svg
    .replace(/'/g, "&apos;")
    .replace(/<[^>]*>|"/g, (tag) => (tag === '"' ? "&quot;" : tag.replace(/"/g, "'")))
    .replace(/[%#<>\r\n]/g, encodeURIComponent);
  return `<img class="course-fallback" src="data:image/svg+xml,${escapeHtml(uri)}" alt="${escapeHtml(alt)}" style="max-width:100%">`;
}

/**
 * Loads `browser/figures.js` once a page, from the Jupyter server's own files (a book sets `courseFiles` to its own).
 * Where neither is known, as in another editor or an export, the picture stays.
 */
const bootstrap = `(w=>{const d=document;if(w.courseFigures)return w.courseFigures.scan();
try{w.courseFiles??=JSON.parse(d.getElementById("jupyter-config-data").textContent).baseUrl+"files/"}catch{return}
if(d.getElementById("course-figures"))return;
d.head.append(Object.assign(d.createElement("script"),{id:"course-figures",src:w.courseFiles+"lib/plot/browser/figures.js"}))})(window)`;
