import { createRequire } from "node:module";

const { JSDOM } = createRequire(__filename)("jsdom"); // without its types, which the course does not install

// biome-ignore lint/suspicious/noExplicitAny: a document of jsdom
type Dom = any;

/** The document of a piece of HTML; its scripts do not run. */
export const parseHtml = (html: string): Dom => new JSDOM(html).window.document;

/** The root of an XML document; throws where it is not well-formed. */
export const parseSvg = (svg: string): Dom =>
  new new JSDOM().window.DOMParser().parseFromString(svg, "image/svg+xml").documentElement;

/** A window in which scripts run from outside, as the page's own. */
export const openWindow = (html: string): Dom =>
  new JSDOM(html, { runScripts: "outside-only", pretendToBeVisual: true });
