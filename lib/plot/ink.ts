/*
 * Colours. The eight of Okabe and Ito (2008, "Color universal design") are told apart with every kind of colour
 * blindness; in the course's order neighbours also differ in lightness. The names are tokens that are replaced when the
 * figure is drawn, by `browser/layout.js`, so that it follows the page's theme.
 */

/** Text and reference lines: near black on a light page, near white on a dark one. */
export const ink = "@ink";
/** Secondary text and lines. */
export const muted = "@muted";
/** Grid lines. */
export const grid = "@grid";
/** The page's background. */
export const paper = "@paper";

export const blue = "@blue";
export const orange = "@orange";
export const green = "@green";
export const purple = "@purple";
export const sky = "@sky";
export const vermillion = "@vermillion";
export const yellow = "@yellow";
/** Vermillion as text: darker on a light page, lighter on a dark one. */
export const warm = "@warm";

export const palette: readonly string[] = [blue, orange, green, purple, vermillion, sky, yellow];

/** The colour of the i-th class or series. */
export const colorOf = (i: number): string => palette[i % palette.length]!;

/** Marker shapes, so that colour is never the only difference between classes. */
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star"];
export const symbolOf = (i: number): string => symbols[i % symbols.length]!;

/** From nothing (the page's colour) over blue to much (the text's colour): even in lightness, in both themes. */
export const sequential: readonly (readonly [number, string])[] = [
  [0, paper],
  [0.5, "#3B8FC4"],
  [1, ink],
];
/** Around zero: vermillion below, the page's colour at zero, blue above. */
export const diverging: readonly (readonly [number, string])[] = [
  [0, vermillion],
  [0.5, paper],
  [1, blue],
];

/** A colour with transparency: `fade(blue, 0.2)`. */
export const fade = (color: string, opacity: number): string => `${color}/${opacity}`;
