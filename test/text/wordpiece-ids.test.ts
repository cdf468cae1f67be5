import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { wordPieceFromVocabulary } from "../../lib/checkpoint/tokenizer-files";
import { projectRoot } from "../../lib/root";
import { encode } from "../../lib/text/tokenizer";

// Hugging Face's tokenizer with MiniLM's files: test/golden/wordpiece-ids.py.
const read = (name: string) => readFileSync(path.join(projectRoot, "test/golden", name), "utf8");
const golden = JSON.parse(read("wordpiece-ids.json")) as [text: string, ids: number[]][];
const tokenizer = wordPieceFromVocabulary(read("wordpiece-vocabulary.txt"));

test("more than a thousand strings have the ids of the reference: every script, emoji, control characters, long words", () => {
  expect(golden.length).toBeGreaterThan(1000);
  const wrong = golden.filter(([text, ids]) => encode(tokenizer, text).join() !== ids.join());
  const shown = wrong.map(([text, ids]) => ({
    text: JSON.stringify(text),
    got: encode(tokenizer, text).join(),
    ids: ids.join(),
  }));
  expect(shown.slice(0, 5), `${wrong.length} of ${golden.length} differ`).toEqual([]);
});
