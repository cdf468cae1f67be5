/*
 * Every npm script of the course comes through here: `node lib/course/run.mjs COMMAND [ARGUMENTS]`.
 * This file has no imports, so that a Node which is too old for them still reaches the sentence below.
 */
const oldest = 18;

if (Number(process.versions.node.split(".")[0]) < oldest) {
  console.error(
    `Node: expected ${oldest} or newer, got ${process.versions.node}. Install a current Node from nodejs.org, then run the command again.`,
  );
  process.exitCode = 1;
} else {
  import("./start/command.mjs").then(({ runCommand }) => runCommand(process.argv.slice(2)));
}
