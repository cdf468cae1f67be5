/* What a page is put together from: MyST Markdown, whose fences must be longer than any inside them. */

function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  return "`".repeat(longest + 1);
}

/** A block of code. */
export const fenced = (language: string, code: string): string => {
  const ticks = fence(code);
  return `${ticks}${language}\n${code}\n${ticks}`;
};

/** HTML that goes into the page as it is. */
export const raw = (html: string): string => fenced("{raw} html", html);

/** Formulas between $ signs, marked in HTML as Sphinx marks its own, so that MathJax sets them too. */
export const withFormulas = (html: string): string =>
  html.replace(
    /\$([^$\n<>]+)\$/g,
    (_, formula: string) => `<span class="math notranslate nohighlight">\\(${formula}\\)</span>`,
  );
