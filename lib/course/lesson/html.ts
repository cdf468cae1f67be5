import { escapeHtml } from "../../plot/html";

/** A sentence with the simplest Markdown: `code`, **bold**, *emphasis*; formulas in $ stay for the page to set. */
export function inlineHtml(text: string): string {
  return escapeHtml(text).replace(
    /(\$[^$]+\$)|`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g,
    (_, formula, code, bold, emphasis) =>
      formula ?? (code ? `<code>${code}</code>` : bold ? `<strong>${bold}</strong>` : `<em>${emphasis}</em>`),
  );
}
