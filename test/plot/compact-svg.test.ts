import { expect, test } from "vitest";
import { compactSvg } from "../../lib/plot/static/compact-svg.mjs";

/** What is left of the content of an SVG of plotly's. */
const compacted = (content: string) =>
  compactSvg(`<svg class="main-svg" width="9">${content}</svg>`).replace(/^<svg[^>]*>|<\/svg>$/g, "");

test("what a picture does not need goes: classes, empty groups, default styles, needless digits", () => {
  const path =
    '<path class="js-line" style="vector-effect: none; fill: none; stroke: rgb(0, 114, 178); opacity: 1;" d="M1.23456,2"/>';
  expect(compacted(`<g class="a"><g class="b"/></g>${path}`)).toBe(
    '<path style="fill:none;stroke:#0072b2" d="M1.2,2"/>',
  );
});

test("a stroke of no width goes with its colour, so that it does not come back one pixel wide", () => {
  expect(compacted('<rect style="stroke: rgb(9, 9, 9); stroke-width: 0px; fill: red;" width="3"/>')).toBe(
    '<rect style="fill:red" width="3"/>',
  );
});

test("markers of one look are drawn once and used at their places", () => {
  const marker = (x: number, color: string) =>
    `<path transform="translate(${x},5)" style="fill: ${color};" d="M3,0Z"/>`;
  const content = [1, 2, 3].map((x) => marker(x, "red")).join("") + marker(4, "blue");
  expect(compacted(content)).toBe(
    '<defs><path id="m0" style="fill:red" d="M3,0Z"/></defs><use href="#m0" x="1" y="5"/><use href="#m0" x="2" y="5"/>' +
      '<use href="#m0" x="3" y="5"/><path transform="translate(4,5)" style="fill:blue" d="M3,0Z"/>',
  );
});

test("clip paths stay where they are referred to", () => {
  const clip = (id: string) => `<clipPath id="${id}"><rect width="5" height="5"/></clipPath>`;
  expect(compacted(`<defs>${clip("used")}${clip("idle")}</defs><g clip-path="url(#used)"><path d="M0,0"/></g>`)).toBe(
    `<defs>${clip("used")}</defs><g clip-path="url(#used)"><path d="M0,0"/></g>`,
  );
});

test("text keeps its words, its digits and its line breaks", () => {
  const text =
    '<text data-unformatted="1.23456" style="white-space: pre;"><tspan class="line" dy="0em">1.23456</tspan></text>';
  expect(compacted(text)).toBe('<text style="white-space:pre"><tspan dy="0em">1.23456</tspan></text>');
});

test("small images show their pixels, and their data stay untouched", () => {
  const image = '<image xlink:href="data:image/png;base64,AB1.23456==" preserveAspectRatio="xMidYMid" width="5"/>';
  expect(compacted(image)).toBe(image.replace("<image ", '<image image-rendering="pixelated" '));
});
