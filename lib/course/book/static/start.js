// @ts-nocheck: runs in a page, where there are other types than in Node
/* Tells the figures where the book keeps plotly, and loads what draws them: lib/plot/browser/figures.js. */
(() => {
  globalThis.courseFiles = new URL("./", document.currentScript.src).href;
  if (!document.querySelector("figure.course-figure")) return;
  const script = document.createElement("script");
  script.id = "course-figures";
  script.src = `${globalThis.courseFiles}lib/plot/browser/figures.js`;
  document.head.append(script);
})();
