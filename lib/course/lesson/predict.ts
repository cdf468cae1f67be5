import { display } from "../../plot/display";
import { escapeHtml } from "../../plot/html";
import { inlineHtml } from "./html";

/** One possible answer. */
export interface PredictOption {
  readonly option: string;
  /** What the learner reads after choosing it: why it is right, or what is overlooked. */
  readonly why: string;
  /** Default: no. A question may have several right options, or none where it asks for an opinion. */
  readonly right?: boolean;
}

/**
 * A question to answer before the next cell is run. Each option opens to its explanation:
 *
 *     predict("xor-by-one-neuron", "How many of XOR's four cases can one neuron get right?", [
 *       { option: "all four", why: "..." },
 *       { option: "three", why: "...", right: true },
 *     ]);
 *
 * It works without a kernel and without scripts. The slug names the question in the page and in records.
 */
export function predict(slug: string, question: string, options: readonly PredictOption[]): void {
  check(slug, question, options);
  display({
    "text/html": questionHtml(slug, question, options),
    "text/markdown": questionMarkdown(question, options),
    "text/plain": [question, ...options.map(({ option }, i) => `  ${letter(i)}) ${option}`)].join("\n"),
  });
}

function check(slug: string, question: string, options: readonly PredictOption[]): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    throw new Error(`predict: expected a slug such as "xor-by-one-neuron", got "${slug}"`);
  if (!question.trim()) throw new Error(`predict "${slug}": expected a question, got none`);
  if (options.length < 2) throw new Error(`predict "${slug}": expected at least two options, got ${options.length}`);
  const silent = options.find(({ why }) => !why.trim());
  if (silent) throw new Error(`predict "${slug}": expected a why for "${silent.option}", got none`);
}

const letter = (i: number) => String.fromCharCode(97 + i);

/** What opens an explanation. Closed options look alike, so that nothing gives the right one away. */
function verdict(option: PredictOption, options: readonly PredictOption[]): string {
  if (!options.some(({ right }) => right)) return "";
  return option.right ? "Right. " : "Not quite. ";
}

function questionHtml(slug: string, question: string, options: readonly PredictOption[]): string {
  const items = options.map(
    (option) =>
      `<details style="margin:.4em 0"><summary style="cursor:pointer">${inlineHtml(option.option)}</summary>` +
      `<p style="margin:.3em 0 .6em 1.2em"><strong>${verdict(option, options)}</strong>${inlineHtml(option.why)}</p></details>`,
  );
  return (
    `<section class="course-question" data-question="${escapeHtml(slug)}" aria-label="Question" ` +
    `style="border-left:4px solid #CC79A7;padding:.2em 1em;max-width:46em">` +
    `<p><strong>Predict, then open your answer.</strong> ${inlineHtml(question)}</p>${items.join("")}</section>`
  );
}

function questionMarkdown(question: string, options: readonly PredictOption[]): string {
  const items = options.map(
    (option) =>
      `<details>\n<summary>${inlineHtml(option.option)}</summary>\n\n` +
      `${verdict(option, options)}${option.why}\n\n</details>`,
  );
  return [`**Predict, then open your answer.** ${question}`, ...items].join("\n\n");
}
