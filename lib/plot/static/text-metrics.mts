import { createRequire } from "node:module";
import type { Box } from "./svg-box.mjs";

const { around, matrixOf, transformed } = createRequire(import.meta.url)(
  "./svg-box.mts",
) as typeof import("./svg-box.mjs");

/*
 * Sizes of text without a screen: jsdom lays nothing out, and plotly asks for the boxes of its labels.
 * The widths are Helvetica's (Adobe Font Metrics, 1/1000 em), which Arial and most system fonts come near to,
 * made a tenth wider because some (DejaVu, Verdana) are.
 */
const widths =
  "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
  "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
  "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584";
const helvetica = widths.split(" ").map(Number);

// biome-ignore lint/suspicious/noExplicitAny: an element of jsdom, whose types the course does not install
type Element = any;

const mapOf = (element: Element) => matrixOf(element.getAttribute?.("transform") ?? "");

/** The width of one line in pixels. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let width = 0;
  for (const character of text) width += helvetica[character.codePointAt(0)! - 32] ?? 600;
  return ((width * fontSize) / 1000) * (bold ? 1.18 : 1.1);
}

/** Gives the window's elements the measuring methods that plotly needs. */
export function installTextMetrics(window: Element): void {
  const rect = ({ left, top, right, bottom }: Box) => ({
    x: left,
    y: top,
    left,
    top,
    right,
    bottom,
    width: right - left,
    height: bottom - top,
  });
  const { SVGElement, HTMLElement } = window;
  SVGElement.prototype.getBBox = function () {
    return rect(boxOf(this) ?? empty);
  };
  SVGElement.prototype.getBoundingClientRect = function () {
    let box = boxOf(this) ?? empty;
    for (let e = this; e && e.tagName !== "svg"; e = e.parentNode) box = transformed(box, mapOf(e));
    return rect(box);
  };
  SVGElement.prototype.getComputedTextLength = function () {
    const { right, left } = boxOf(this) ?? empty;
    return right - left;
  };
  SVGElement.prototype.getTotalLength = function () {
    const [[x0, y0], [x1, y1]] = endsOf(this);
    return Math.hypot(x1 - x0, y1 - y0);
  };
  SVGElement.prototype.getPointAtLength = function (length: number) {
    const [[x0, y0], [x1, y1]] = endsOf(this);
    const share = length / (Math.hypot(x1 - x0, y1 - y0) || 1);
    return { x: x0 + share * (x1 - x0), y: y0 + share * (y1 - y0) };
  };
  HTMLElement.prototype.getBoundingClientRect = () => rect(empty);
}

const empty: Box = { left: 0, top: 0, right: 0, bottom: 0 };

/** The box of an element in its own coordinates. */
function boxOf(element: Element): Box | undefined {
  const number = (name: string) => Number.parseFloat(element.getAttribute(name)) || 0;
  switch (element.tagName) {
    case "text":
    case "tspan":
      return textBox(element);
    case "rect":
    case "image":
      return box(number("x"), number("y"), number("width"), number("height"));
    case "circle":
      return box(number("cx") - number("r"), number("cy") - number("r"), 2 * number("r"), 2 * number("r"));
    case "path":
      return pathBox(element.getAttribute("d") ?? "");
    default:
      return union([...element.children].map((child) => ({ child, box: boxOf(child) })));
  }
}

const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

function union(parts: { child: Element; box: Box | undefined }[]): Box | undefined {
  const boxes = parts.flatMap(({ child, box }) => (box ? [transformed(box, mapOf(child))] : []));
  return boxes.length === 0
    ? undefined
    : around(
        boxes.flatMap((b) => [b.left, b.right]),
        boxes.flatMap((b) => [b.top, b.bottom]),
      );
}

/** First and last point of a path, which plotly measures for arrows only: those are straight. */
function endsOf(path: Element): [[number, number], [number, number]] {
  const numbers = (path.getAttribute("d") ?? "").match(/-?[\d.]+/g)?.map(Number) ?? [];
  const [x0 = 0, y0 = 0] = numbers;
  const [x1 = 0, y1 = 0] = numbers.slice(-2);
  return [
    [x0, y0],
    [x1, y1],
  ];
}

/** Absolute coordinates only, as in plotly's outlines; curves by their control points. */
function pathBox(d: string): Box | undefined {
  if (/[a-z]/.test(d.replace(/[hvz]/g, ""))) return undefined;
  const points = [...d.matchAll(/[MLC,\s]*(-?[\d.]+)[,\s](-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  return points.length === 0
    ? undefined
    : around(
        points.map(([x]) => x!),
        points.map(([, y]) => y!),
      );
}

/** A text's lines stand below each other, each with its own shift `dy` in em. */
function textBox(element: Element): Box | undefined {
  const size = inherited(element, "fontSize", 12);
  const bold = Number(inherited(element, "fontWeight", 400)) >= 600 || element.style.fontWeight === "bold";
  const lines = [...element.querySelectorAll("tspan.line")];
  const texts: string[] = (lines.length ? lines : [element]).map((line: Element) => line.textContent ?? "");
  const width = Math.max(...texts.map((text) => textWidth(text, size, bold)));
  if (width === 0) return undefined;
  const anchor = element.getAttribute("text-anchor") ?? "start";
  const shift = anchor === "middle" ? width / 2 : anchor === "end" ? width : 0;
  const x = Number(element.getAttribute("x")) || 0;
  const y = (Number(element.getAttribute("y")) || 0) + (Number.parseFloat(element.getAttribute("dy")) || 0) * size;
  const last = (texts.length - 1) * 1.3 * size;
  return { left: x - shift, right: x - shift + width, top: y - 0.93 * size, bottom: y + 0.24 * size + last };
}

function inherited(element: Element, property: string, fallback: number): number {
  for (let e = element; e?.style; e = e.parentNode) {
    const value = Number.parseFloat(e.style[property]);
    if (value > 0) return value;
  }
  return fallback;
}
