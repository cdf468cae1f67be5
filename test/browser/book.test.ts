import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildBook } from "../../lib/course/book/build";
import { notebookNames } from "../../lib/course/notebooks/run";
import { findChromium } from "../../lib/course/start/chromium.mjs";
import { projectRoot } from "../../lib/root";
import { seriousFindings } from "./axe";

// biome-ignore lint/suspicious/noExplicitAny: the page's, where the functions given to `evaluate` run
declare const document: any;

// BOOK_LESSONS="06 11" looks at these lessons only; without it, at all.
const wanted = (process.env["BOOK_LESSONS"] ?? "").split(" ").filter(Boolean);
const lessons = notebookNames(wanted);
const sizes = { desktop: { width: 1300, height: 900 }, phone: { width: 390, height: 844 } };
const patience = 180_000; // plotly is five megabytes, and test machines are busy
const screenshots = path.join(projectRoot, ".cache/screenshots");

let browser: Browser;
let site: string;

beforeAll(async () => {
  site = path.dirname(await buildBook({ wanted, say: () => {} }));
  browser = await chromium.launch({
    executablePath: findChromium()!,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  fs.mkdirSync(screenshots, { recursive: true });
}, 3_600_000);

afterAll(async () => {
  await browser?.close();
});

/** Opens a page of the book from its file; what goes wrong in it, and what it asks of a network, is noted. */
async function open(file: string, size: keyof typeof sizes): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: sizes[size] });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    if (/^https?:/.test(request.url())) problems.push(`asked the network for ${request.url()}`);
  });
  page.setDefaultNavigationTimeout(patience);
  await page.goto(`${pathToFileURL(site)}/${file}`);
  return { page, problems };
}

/** The figures that are not drawn: neither a plot with marks nor a picture with pixels in their place. */
const undrawn = (page: Page): Promise<string[]> =>
  page.evaluate(`Array.from(document.querySelectorAll("figure.course-figure"))
    .filter((figure) => !figure.querySelector(".main-svg .trace, .main-svg .point, .main-svg image, .main-svg path, canvas"))
    .map((figure) => figure.textContent.slice(0, 80))`);

vi.setConfig({ testTimeout: 2 * patience });

describe.each(Object.keys(sizes) as (keyof typeof sizes)[])("%s", (size) => {
  test.each(lessons)("lesson %s: no error, every figure drawn, nothing wider than the page", async (name) => {
    const { page, problems } = await open(`lessons/${name}.html`, size);
    await expect.poll(() => undrawn(page), { timeout: patience }).toEqual([]);
    const [wide, width] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(wide).toBeLessThanOrEqual(width + 1);
    expect(await page.locator("mjx-merror").count()).toBe(0);
    expect(problems).toEqual([]);
    await page.screenshot({ path: path.join(screenshots, `book-${name}-${size}.png`) });
    await page.close();
  });
});

test.each(["index.html", "glossary.html", "reference.html", ...lessons.map((name) => `lessons/${name}.html`)])(
  "%s: axe-core finds nothing serious",
  async (file) => {
    const { page } = await open(file, "desktop");
    await expect.poll(() => undrawn(page), { timeout: patience }).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  },
);

test("search finds a lesson by a word of its text", async () => {
  const { page, problems } = await open("search.html?q=softmax", "desktop");
  await expect.poll(() => page.locator("ul.search li a").count(), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(problems).toEqual([]);
  await page.close();
});

test("hints open one by one, and no solution is in the book", async () => {
  const { page } = await open(`lessons/${lessons.at(-1)}.html`, "desktop");
  const hint = page.locator("details.course-hint").first();
  expect(await hint.locator("p").isVisible()).toBe(false);
  await hint.locator("summary").click();
  expect(await hint.locator("p").isVisible()).toBe(true);
  expect(await page.content()).not.toContain("// BEGIN ");
  await page.close();
});

test("the theme's switch redraws the figures in dark colours", async () => {
  const name = lessons.find((lesson) => !lesson.startsWith("00"))!;
  const { page, problems } = await open(`lessons/${name}.html`, "desktop");
  await expect.poll(() => undrawn(page), { timeout: patience }).toEqual([]);
  const ink = () => page.evaluate(() => document.querySelector(".course-figure .xtick text")?.style.fill as string);
  const before = await ink();
  await page.evaluate(() => {
    document.body.dataset.theme = "dark";
  });
  await expect.poll(ink).not.toBe(before);
  expect(problems).toEqual([]);
  await page.close();
});

test("next and previous lead from lesson to lesson", async () => {
  const { page } = await open("index.html", "desktop");
  for (const name of lessons) {
    await page.locator("a.next-page").click();
    expect(page.url()).toContain(`lessons/${name}.html`);
  }
  await page.close();
});

test("the reference describes the library and leads back to the book", async () => {
  const { page, problems } = await open("reference/classes/nn.LayerNorm.html", "desktop");
  expect(await page.textContent("body")).toContain("Layer normalization");
  await page.locator("a:visible", { hasText: "The book" }).first().click();
  expect(page.url()).toMatch(/site\/index\.html$/);
  expect(problems).toEqual([]);
  await page.close();
});
