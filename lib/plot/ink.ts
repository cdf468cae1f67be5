/*
 * Colours. The eight of Okabe and Ito (2008, "Color universal design") are told apart with every kind of colour
 * blindness; in the course's order neighbours also differ in lightness. The names are tokens that are replaced when the
 * figure is drawn, so that it follows the page's theme.
 */

/** Text and reference lines: near black on a light page, near white on a dark one. */
export const ink = "@ink";
/** Secondary text and lines. */
export const muted = "@muted";
/** Grid lines. */
export const grid = "@grid";
/** The page's background. */
export const paper = "@paper";

export const blue = "#0072B2";
export const orange = "#E69F00";
export const green = "#009E73";
export const purple = "#CC79A7";
export const sky = "#56B4E9";
export const vermillion = "#D55E00";
export const yellow = "#F0E442";

export const palette: readonly string[] = [blue, orange, green, purple, vermillion, sky, yellow];

/** The colour of the i-th class or series. */
export const colorOf = (i: number): string => palette[i % palette.length]!;

/** Marker shapes, so that colour is never the only difference between classes. */
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star"];
export const symbolOf = (i: number): string => symbols[i % symbols.length]!;

/** From zero up: light is much (viridis, even in lightness and safe for colour blindness). */
export const sequential = "Viridis";
/** Around zero: vermillion below, the page's colour at zero, blue above. */
export const diverging: readonly (readonly [number, string])[] = [
  [0, vermillion],
  [0.5, paper],
  [1, blue],
];

/** A colour with transparency: `fade("#0072B2", 0.2)` is `rgba(0,114,178,0.2)`. */
export function fade(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}
