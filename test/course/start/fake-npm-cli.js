/*
 * Stands in for npm in the tests of `npm start`: `npm ci` makes the folders that the lock file names, as npm does.
 */
const fs = require("node:fs");
const path = require("node:path");

const { log, npmFails, root } = JSON.parse(process.env["FAKE_NPM"] ?? "");
if (process.argv[2] !== "ci") {
  console.log("11.0.0");
  process.exit(0);
}
process.chdir(root); // never delete another folder's packages, wherever this was called
fs.appendFileSync(log, `npm ${process.argv[2]}\n`);
if (npmFails) {
  console.error(npmFails);
  process.exit(1);
}
fs.rmSync("node_modules", { recursive: true, force: true });
const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
for (const folder of Object.keys(lock.packages).filter((name) => name !== "")) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
}
fs.mkdirSync("node_modules/tsx/dist", { recursive: true });
fs.writeFileSync("node_modules/tsx/dist/loader.mjs", "");
fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify(lock));
