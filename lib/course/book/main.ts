import * as path from "node:path";
import { projectRoot } from "../../root";
import { buildBook } from "./build";

/* `npm run book [-- 05 …]`: the lessons as a static site that opens from its files. With numbers: only these lessons. */

buildBook({ wanted: process.argv.slice(2), say: (line) => console.log(line) }).then(
  (index) =>
    console.log(
      `\nThe book: ${path.relative(projectRoot, index)}. Open it with a browser; it needs no server and no network.`,
    ),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
