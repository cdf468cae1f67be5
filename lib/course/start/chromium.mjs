import * as fs from "node:fs";
import * as path from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];
const macFolder = "/Applications/Google Chrome.app/Contents/MacOS";

/**
 * A browser of the Chromium family for the tests that look at notebooks: the one named by `CHROMIUM`, else the first on
 * the PATH.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env["CHROMIUM"]) return env["CHROMIUM"];
  const folders = (env["PATH"] ?? "").split(path.delimiter);
  const places = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...places, path.join(macFolder, "Google Chrome")].find((file) => fs.existsSync(file));
}
