import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { corruptSpans, drawSpans, restoreSpans } from "../../lib/text/span-corruption";

const sentinels = Array.from({ length: 20 }, (_, i) => `<${i}>`);
const words = (text: string) => text.split(" ");
const hiding = (tokens: readonly string[], list: readonly string[]) => tokens.map((token) => list.includes(token));

test("the paper's example (figure 2)", () => {
  const tokens = words("Thank you for inviting me to your party last week .");
  const { input, target } = corruptSpans(tokens, hiding(tokens, ["for", "inviting", "last"]), sentinels);
  expect(input.join(" ")).toBe("Thank you <0> me to your party <1> week .");
  expect(target.join(" ")).toBe("<0> for inviting <1> last <2>");
});

test("text, input and target at the borders: nothing hidden, all hidden, the first, the last", () => {
  const tokens = words("a b c");
  const corrupted = (...hidden: boolean[]) => {
    const { input, target } = corruptSpans(tokens, hidden, sentinels);
    return [input.join(" "), target.join(" ")];
  };
  expect(corrupted(false, false, false)).toEqual(["a b c", "<0>"]);
  expect(corrupted(true, true, true)).toEqual(["<0>", "<0> a b c <1>"]);
  expect(corrupted(true, false, true)).toEqual(["<0> b <1>", "<0> a <1> c <2>"]);
});

test("restoring is exact, whatever is hidden", () => {
  const random = new Random(3);
  for (let trial = 0; trial < 300; trial++) {
    const tokens = Array.from({ length: random.integer(30) }, () => `t${random.integer(5)}`);
    const hidden = tokens.map(() => random.uniform() < 0.4);
    const corrupted = corruptSpans(tokens, hidden, sentinels);
    expect(restoreSpans(corrupted, sentinels)).toEqual(tokens);
    expect(corrupted.input.length + corrupted.target.length).toBe(
      tokens.length + 2 * corrupted.input.filter((token) => sentinels.includes(token)).length + 1,
    );
  }
});

test("a target with spans in another order restores too, and a gap that it leaves out stays", () => {
  const input = words("<0> b <1> d");
  expect(restoreSpans({ input, target: words("<1> c <0> a <2>") }, sentinels)).toEqual(words("a b c d"));
  expect(restoreSpans({ input, target: words("noise <1> c") }, sentinels)).toEqual(words("<0> b c d"));
});

test("about 15 % hidden in spans of 3 that never touch; the same seed draws the same", () => {
  const starts = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const hidden = drawSpans(100, { random: new Random(seed) });
    expect(hidden).toHaveLength(100);
    expect(hidden.filter(Boolean)).toHaveLength(15);
    expect(hidden.filter((hide, i) => hide && !hidden[i - 1])).toHaveLength(5);
    expect([hidden[0], hidden[99]]).toEqual([false, true]);
    starts.add(hidden.indexOf(true));
  }
  expect(starts.size).toBeGreaterThan(20);
  expect(drawSpans(50, { random: new Random(4) })).toEqual(drawSpans(50, { random: new Random(4) }));
});

test("any length and density leaves something to read and something to guess", () => {
  for (const length of [2, 3, 5, 11])
    for (const density of [0.01, 0.5, 0.99])
      for (const meanLength of [1, 3, 20]) {
        const hidden = drawSpans(length, { random: new Random(length), density, meanLength });
        expect(hidden).toHaveLength(length);
        expect(new Set(hidden).size).toBe(2);
      }
});

test("errors say what is wrong", () => {
  expect(() => corruptSpans(["a", "b"], [true], sentinels)).toThrow(
    "corruptSpans: expected hidden for 2 tokens, got 1",
  );
  expect(() => corruptSpans(["a", "b", "c"], [true, false, true], ["<0>", "<1>"])).toThrow(
    "corruptSpans: expected at least 3 sentinels, got 2",
  );
  expect(() => drawSpans(1, { random: new Random(1) })).toThrow("drawSpans: expected at least 2 tokens, got 1");
});
