import { expect, test } from "vitest";
import { compactSvg } from "../../lib/plot/static/compact-svg.mjs";
import { Random } from "../../lib/random";

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

/** The points that an absolute or relative path visits, in tenths, each line with its start. */
function visited(d: string): string[] {
  let [x, y, startX, startY] = [0, 0, 0, 0];
  return [...d.matchAll(/([MLlZ])([^MLlZ]*)/g)].flatMap(([, command, places]) => {
    if (command === "Z") {
      [x, y] = [startX, startY];
      return ["Z"];
    }
    const numbers = (places!.match(/-?(\d+(\.\d+)?|\.\d+)/g) ?? []).map((number) => Math.round(Number(number) * 10));
    return Array.from({ length: numbers.length / 2 }, (_, i) => {
      const [a, b] = [numbers[2 * i]!, numbers[2 * i + 1]!];
      [x, y] = command === "l" ? [x + a, y + b] : [a, b];
      if (command === "M") [startX, startY] = [x, y];
      return `${command === "M" ? "M" : ""}${x},${y}`;
    });
  });
}

test("a long line in relative steps goes through the same places: errors do not add up", () => {
  const random = new Random(3);
  const place = () => `${random.uniform(-5, 700)},${random.uniform(-5, 400)}`;
  const lines = Array.from({ length: 4 }, () => `M${Array.from({ length: 60 }, place).join("L")}`);
  const d = `${lines[0]}Z${lines[1]}${lines[2]}Z${lines[3]}`;
  const written = /d="([^"]*)"/.exec(compacted(`<path d="${d}"/>`))![1]!;
  expect(visited(written)).toEqual(visited(d));
  expect(written.length).toBeLessThan(0.4 * d.length);
});

test("curves that are straight become lines, others stay", () => {
  const straight = "M0,0Q2,1 2,1C2,1 4,3 4,3L6,5Q6,5 9,9";
  expect(compacted(`<path d="${straight}"/>`)).toBe('<path d="M0,0L2,1L4,3L6,5L9,9"/>');
  const curved = "M0,0Q2,1 3,3C4,4 5,6 7,7";
  expect(compacted(`<path d="${curved}"/>`)).toBe(`<path d="${curved}"/>`);
});
