import * as esbuild from "esbuild";
import { gradeCommand } from "./command";

// npm run grade: see command.ts

process.on("SIGUSR1", () => {}); // Node would open its inspector
gradeCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  isTerminal: Boolean(process.stdout.isTTY) && !process.env["NO_COLOR"],
})
  .catch((error) => {
    console.error((error as Error)?.message ?? error);
    return 2;
  })
  .then(async (code) => {
    process.exitCode = code;
    await esbuild.stop();
  });
