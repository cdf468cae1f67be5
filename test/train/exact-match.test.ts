import { expect, test } from "vitest";
import { exactMatch } from "../../lib/train/exact-match";

test("right is what equals an accepted text, apart from capitals and white space", () => {
  const accepted = [["K AE T", "K AA T"], ["yes"], ["a bird"], ["no"]];
  expect(exactMatch(["k aa t", " Yes", "a  bird\n", "no way"], accepted)).toBe(0.75);
  expect(exactMatch(["K AE", "yes yes", "bird", ""], accepted)).toBe(0);
});

test("as many answers as questions", () => {
  expect(() => exactMatch(["yes"], [])).toThrow(
    "exactMatch: expected as many answers as questions, at least one, got 1 for 0",
  );
  expect(() => exactMatch([], [])).toThrow("got 0 for 0");
});
