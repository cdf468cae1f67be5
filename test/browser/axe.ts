import * as fs from "node:fs";
import * as path from "node:path";
import type { Page } from "playwright-core";
import { projectRoot } from "../../lib/root";

// biome-ignore lint/suspicious/noExplicitAny: the page's, where the function given to `evaluate` runs
declare const document: any, axe: any;

const source = fs.readFileSync(path.join(projectRoot, "node_modules/axe-core/axe.min.js"), "utf8");

/** What axe-core calls serious or critical in the page, or in its elements that match: the rule, its first element, how many. */
export async function seriousFindings(page: Page, selector?: string) {
  await page.evaluate(source);
  return page.evaluate(async (selector) => {
    const context = selector ? { include: [[selector]] } : document;
    const { violations } = await axe.run(context, { resultTypes: ["violations"] });
    // biome-ignore lint/suspicious/noExplicitAny: what axe-core reports
    const serious = violations.filter(({ impact }: any) => impact === "serious" || impact === "critical");
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return serious.map(({ id, nodes }: any) => ({ id, first: nodes[0].html, count: nodes.length }));
  }, selector);
}
