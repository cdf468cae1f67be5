import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { executedFolder } from "../../lib/course/notebooks/run";
import { findChromium } from "../../lib/course/start/chromium.mjs";
import { projectRoot } from "../../lib/root";
import { seriousFindings } from "./axe";

// biome-ignore lint/suspicious/noExplicitAny: the page's, where the functions given to `evaluate` run
declare const document: any;

/** The lessons that `npm test` runs in JupyterLab; `--project lessons` runs the others. */
export const everyday = ["00-welcome", "03-backpropagation", "05-tensors"];

const screenshots = path.join(projectRoot, ".cache", "screenshots");

/** Starts the course as a learner does, and a browser without a window to look at it. */
export async function openCourse() {
  const command = [path.join(projectRoot, "lib/course/run.mjs"), "start", "--no-browser", "--port", "8988"];
  const server = spawn(process.execPath, command, { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise<URL>((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const url = /https?:\/\/\S+token=\w+/.exec(said);
      if (url) resolve(new URL(url[0]));
    });
    server.on("exit", (code) => reject(new Error(`npm start: expected an address, got exit code ${code}:\n${said}`)));
  });
  const executablePath = findChromium();
  if (!executablePath) throw new Error("Browser tests: expected Chromium, got none; set CHROMIUM to its path");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 } });
  const saved: Saved = new Map();
  await keepFilesAsTheyAre(context, saved);
  fs.mkdirSync(screenshots, { recursive: true });

  return {
    address,
    openLesson: (name: string) => openLesson(context, address, saved, name),
    async close() {
      await browser.close();
      server.removeAllListeners("exit");
      server.kill("SIGTERM");
      await new Promise((resolve) => server.on("exit", resolve));
    },
  };
}

/** What JupyterLab wanted to save, by the lesson's name: the notebook with its outputs. */
type Saved = Map<string, unknown>;

/** JupyterLab saves by itself; the lessons of the repository must not change because a test has run them. */
async function keepFilesAsTheyAre(context: BrowserContext, kept: Saved) {
  await context.route(/\/api\/contents\/[^?]*\.ipynb(\/checkpoints)?(\?|$)/, async (route) => {
    const request = route.request();
    if (request.url().includes("/checkpoints")) {
      if (request.method() === "GET") return route.fulfill({ json: [] });
      return route.fulfill({ status: 201, json: { id: "checkpoint", last_modified: new Date().toISOString() } });
    }
    if (request.method() !== "PUT") return route.continue();
    const name = /([^/]+)\.ipynb/.exec(request.url())?.[1] ?? "";
    kept.set(name, request.postDataJSON().content);
    const saved = await route.fetch({ method: "GET", url: `${request.url().split("?")[0]}?content=0`, postData: "" });
    return route.fulfill({ response: saved });
  });
}

/** The lesson runs in JupyterLab without an error, with every figure drawn, below 2 MB when saved. */
export async function expectToRun(course: Awaited<ReturnType<typeof openCourse>>, name: string): Promise<Lesson> {
  const lesson = await course.openLesson(name);
  await lesson.runAll();
  expect(await lesson.errors()).toEqual([]);
  expect(await lesson.languages()).toEqual(["typescript"]);
  const numbers = await lesson.numbers();
  expect(numbers).toEqual(numbers.map((number, i) => (number === "hidden" ? "hidden" : String(i + 1))));
  const { count, undrawn } = await lesson.figures();
  expect(count).toBeGreaterThan(0);
  expect(undrawn).toEqual([]);
  expect(lesson.problems).toEqual([]);
  const executed = await lesson.save(); // the book is made from it
  expect(fs.statSync(executed).size).toBeLessThan(2e6);
  await lesson.photograph(name);
  return lesson;
}

export type Lesson = Awaited<ReturnType<typeof openLesson>>;

/** A lesson in a page of its own, with a kernel of its own. */
async function openLesson(context: BrowserContext, address: URL, saved: Saved, name: string) {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(String(error)));

  const token = address.searchParams.get("token");
  await page.goto(`${address.origin}/lab/workspaces/test/tree/notebooks/${name}.ipynb?reset&token=${token}`);
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 60_000 });
  await page.waitForSelector(".jp-Spinner", { state: "detached" });
  await page.getByText("TypeScript (course) | Idle").waitFor({ timeout: 60_000 }); // the kernel has answered

  return {
    page,
    /** What the page has complained about. */
    problems,

    menu: (...path: string[]) => chooseFromMenu(page, path),
    untilIdle: () => untilIdle(page),

    /** Runs all cells of a lesson just opened, with a fresh kernel, and waits until they are done or one has failed. */
    async runAll() {
      await chooseFromMenu(page, ["Kernel", "Restart Kernel and Run All Cells…"]);
      await page.click(".jp-Dialog .jp-mod-accept");
      const isOver = async () =>
        (await page.locator(stderr).count()) > 0 ||
        (await numbers(page)).every((number) => /^\d+$|^hidden$/.test(number));
      while (!(await isOver())) await page.waitForTimeout(250);
      await untilIdle(page);
    },

    /** Replaces what the cell of code holds; the first one is 0. */
    async write(cell: number, source: string) {
      const editor = page.locator(".jp-CodeCell").nth(cell).locator(".cm-content");
      await editor.click();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(source);
    },

    /** Starts a cell: returns when it runs, or has run. */
    async run(cell: number) {
      const before = (await numbers(page))[cell];
      const code = page.locator(".jp-CodeCell").nth(cell);
      await code.locator(".cm-content").click();
      await code.locator(".cm-focused").waitFor();
      await page.keyboard.press("ControlOrMeta+Enter");
      while ((await numbers(page))[cell] === before) await page.waitForTimeout(50);
    },

    numbers: () => numbers(page),

    /** The languages whose words the editors highlight. */
    async languages() {
      const editors = page.locator(".jp-CodeCell .cm-content");
      return [
        ...new Set(await editors.evaluateAll((all) => all.map((editor) => editor.getAttribute("data-language")))),
      ];
    },

    output: (cell: number) => page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea-output"),
    /** Errors, and what was printed to stderr: JupyterLab shows both in the same red box. */
    errors: () => page.locator(stderr).allInnerTexts(),

    /** How many figures there are, and the captions of those that plotly has not drawn. */
    async figures() {
      const all = page.locator(".course-figure");
      for (const figure of await all.all()) await figure.scrollIntoViewIfNeeded();
      const undrawn = () =>
        all.evaluateAll((figures) =>
          figures
            .filter((figure) => !figure.querySelector(".js-plotly-plot .main-svg"))
            .map((figure) => figure.querySelector("img")?.alt ?? figure.outerHTML.slice(0, 200)),
        );
      for (let tries = 0; tries < 150 && (await undrawn()).length > 0; tries++) await page.waitForTimeout(200);
      return { count: await all.count(), undrawn: await undrawn() };
    },

    /** What axe-core calls serious or critical in the cells' outputs. */
    seriousFindings: () => seriousFindings(page, ".jp-OutputArea-output"),

    /** Pictures of the whole notebook, one a screenful, where SCREENSHOTS asks for them: they take as long as the lesson. */
    async photograph(name: string) {
      if (!process.env["SCREENSHOTS"]) return;
      const notebook = page.locator(".jp-WindowedPanel-outer").first();
      const { height, screen } = await notebook.evaluate((e) => ({ height: e.scrollHeight, screen: e.clientHeight }));
      const steps = Math.ceil(height / screen);
      for (let step = 0; step < steps; step++) {
        await notebook.evaluate((element, top) => element.scrollTo(0, top), step * screen);
        await page.waitForTimeout(150);
        await page.screenshot({ path: path.join(screenshots, `${name}-${String(step + 1).padStart(2, "0")}.png`) });
      }
    },

    /** Saves the lesson where executed lessons are kept, not where it came from. Returns the file. */
    async save() {
      saved.delete(name);
      await chooseFromMenu(page, ["File", "Save Notebook"]);
      while (!saved.has(name)) await page.waitForTimeout(50);
      const file = path.join(executedFolder, `${name}.ipynb`);
      fs.mkdirSync(executedFolder, { recursive: true });
      fs.writeFileSync(`${file}.part`, `${JSON.stringify(saved.get(name), null, 1)}\n`);
      fs.renameSync(`${file}.part`, file);
      return file;
    },

    /** Ends the lesson's kernel, for each takes a part of the memory. */
    async close() {
      const headers = { Authorization: `token ${token}` };
      const sessions = await (await fetch(`${address.origin}/api/sessions`, { headers })).json();
      for (const { id, path } of sessions as { id: string; path: string }[]) {
        if (path === `notebooks/${name}.ipynb`)
          await fetch(`${address.origin}/api/sessions/${id}`, { method: "DELETE", headers });
      }
      await page.close();
    },
  };
}

const stderr = '[data-mime-type="application/vnd.jupyter.stderr"]';

/** The cells' numbers as they stand in the margin: "3", "*" while it runs, "" where it did not; or "hidden". */
function numbers(page: Page): Promise<string[]> {
  return page
    .locator(".jp-CodeCell .jp-InputPrompt")
    .evaluateAll((prompts) =>
      prompts.map((prompt) =>
        prompt.closest(".jp-Placeholder") ? "hidden" : (/\[(.*)\]/.exec(prompt.textContent ?? "")?.[1]?.trim() ?? ""),
      ),
    );
}

/** Waits until the kernel has nothing to do and no cell waits for its turn. */
async function untilIdle(page: Page) {
  await page.waitForFunction(
    () =>
      document.querySelector(".jp-Notebook-ExecutionIndicator")?.getAttribute("data-status") === "idle" &&
      ![...document.querySelectorAll(".jp-InputPrompt")].some(({ textContent }) => textContent.includes("*")),
    undefined,
    { timeout: 240_000, polling: 250 },
  );
}

async function chooseFromMenu(page: Page, [menu = "", item = ""]: string[]) {
  await page.click(`.lm-MenuBar-item:has-text("${menu}")`);
  await page.click(`.lm-Menu-item:has(.lm-Menu-itemLabel:text-is("${item}"))`);
}
