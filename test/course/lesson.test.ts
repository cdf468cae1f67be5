import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CheckRecord, ExerciseRecord } from "../../lib/course/grader/record";
import { check, fixed, percent, predict, say, whole } from "../../lib/course/lesson";
import { renderCard } from "../../lib/course/lesson/card";
import { inlineHtml } from "../../lib/course/lesson/html";
import type { DisplayOptions, MimeBundle } from "../../lib/plot/display";
import { parseHtml } from "../plot/dom";

const hook = Symbol.for("course.display");
const place = globalThis as { [hook]?: unknown };
let sent: { bundle: MimeBundle; options: DisplayOptions }[] = [];
beforeEach(() => {
  sent = [];
  place[hook] = (bundle: MimeBundle, options: DisplayOptions) => sent.push({ bundle, options });
});
afterEach(() => {
  delete place[hook];
});
const shown = (mime: string) => sent.at(-1)!.bundle[mime] as string;

describe("say", () => {
  test("numbers have three digits, whole numbers all of theirs, texts stay", () => {
    say`After ${1200} steps the loss is ${0.123456}, not ${-2.5}; **${"done"}**, ${true}.`;
    expect(shown("text/markdown")).toBe("After 1,200 steps the loss is 0.123, not −2.50; **done**, true.");
    expect(shown("text/plain")).toBe(shown("text/markdown"));
  });

  test("very large and very small numbers are written with a power, no number with needless digits", () => {
    say`${1234.567} ${1.5e-7} ${-2.34567e12 - 0.5} ${0} ${Number.NaN} ${-Infinity} ${10n ** 6n}`;
    expect(shown("text/plain")).toBe("1,235 1.50 × 10⁻⁷ −2.35 × 10¹² 0 NaN −∞ 1,000,000");
  });

  test("lists are joined, typed arrays too", () => {
    say`${[1, 2.3456]} and ${Float32Array.of(0.5)}`;
    expect(shown("text/plain")).toBe("1, 2.35 and 0.500");
  });

  test("formulas keep their backslashes, code its marks, and a cell's indentation goes", () => {
    say`
      The slope of $\nabla f$:

      - \`loss\` is ${0.5}
        - and below
    `;
    expect(shown("text/markdown")).toBe("The slope of $\\nabla f$:\n\n- `loss` is 0.500\n  - and below");
  });

  test("what has no place in a sentence is refused", () => {
    expect(() => say`${{ loss: 1 }}`).toThrow("say: expected numbers, texts or lists of them, got object");
    expect(() => say`${undefined}`).toThrow("say: expected numbers, texts or lists of them, got undefined");
  });

  test("helpers say how many digits", () => {
    expect([percent(0.97614), percent(0.5, 0), fixed(2.5, 2), fixed(12345.678, 1), whole(1234.5)]).toEqual([
      "97.6 %",
      "50 %",
      "2.50",
      "12,345.7",
      "1,235",
    ]);
  });
});

describe("predict", () => {
  const options = [
    { option: "all four", why: "One neuron draws *one* line." },
    { option: "three <of four>", why: "Any `AND` can be drawn.", right: true },
  ];

  test("each option opens to its explanation, which says whether it is right", () => {
    predict("xor-by-one-neuron", "How many can **one** neuron get right?", options);
    const document = parseHtml(shown("text/html"));
    const details = [...document.querySelectorAll("details")];
    expect(details.map((item) => item.querySelector("summary").textContent)).toEqual(["all four", "three <of four>"]);
    expect(details.map((item) => item.querySelector("p").textContent)).toEqual([
      "Not quite. One neuron draws one line.",
      "Right. Any AND can be drawn.",
    ]);
    expect(document.querySelector("section").dataset.question).toBe("xor-by-one-neuron");
  });

  test("nothing that is visible or styled gives the right option away", () => {
    predict("a", "Which?", options);
    const document = parseHtml(shown("text/html"));
    const looks = [...document.querySelectorAll("details")].map((item) => {
      expect(item.open).toBe(false);
      for (const hidden of item.querySelectorAll(":scope > :not(summary)")) hidden.remove();
      item.querySelector("summary").textContent = "";
      return item.outerHTML;
    });
    expect(new Set(looks).size).toBe(1);
    expect(document.body.textContent).not.toContain("ight");
    expect(shown("text/plain")).toBe("Which?\n  a) all four\n  b) three <of four>");
  });

  test("it needs no script, and Markdown says the same", () => {
    predict("a", "Which?", options);
    expect(shown("text/html")).not.toMatch(/<script|onclick|<input/);
    expect(shown("text/markdown").match(/<details>/g)).toHaveLength(2);
    expect(shown("text/markdown")).toContain("\n\nNot quite. One neuron draws *one* line.\n\n</details>");
  });

  test("a question of opinion has no verdicts", () => {
    predict("a", "Which?", [
      { option: "one", why: "Some like it." },
      { option: "two", why: "Others do not." },
    ]);
    expect(shown("text/html")).not.toMatch(/Right|Not quite/);
  });

  test("a question is complete", () => {
    expect(() => predict("Not A Slug", "Which?", options)).toThrow(
      'predict: expected a slug such as "xor-by-one-neuron"',
    );
    expect(() => predict("a", " ", options)).toThrow('predict "a": expected a question, got none');
    expect(() => predict("a", "Which?", options.slice(1))).toThrow('predict "a": expected at least two options, got 1');
    expect(() => predict("a", "Which?", [...options, { option: "none", why: "" }])).toThrow(
      'predict "a": expected a why for "none", got none',
    );
  });
});

test("simple Markdown becomes HTML, tags and formulas stay text", () => {
  expect(inlineHtml("`a*b*c` **x** *y* 2*3*4 $w_*x_*$ <b>")).toBe(
    "<code>a*b*c</code> <strong>x</strong> <em>y</em> 2<em>3</em>4 $w_*x_*$ &lt;b&gt;",
  );
});

const passedCheck: CheckRecord = {
  ...{ id: "neuron/weighted-sum#1", title: "adds up", group: "weightedSum", verdict: "pass", points: 1, maxPoints: 1 },
  ...{ message: "", mistake: null, input: "", expected: "", got: "", expectedShape: "", gotShape: "", index: "" },
  ...{ maxAbsErr: null, picture: null, inputsPassed: 3, inputs: 3, durationMs: 1, visibility: "visible" },
};
const wrongCheck: CheckRecord = {
  ...passedCheck,
  ...{ title: "the bias is added once", verdict: "wrong", points: 0, message: "The shapes differ." },
  ...{
    input: "weightedSum([1], [2], 3)",
    expected: "5",
    got: "2",
    expectedShape: "[2, 2]",
    gotShape: "[4]",
    index: "[1][0]",
  },
  mistake: { name: "the bias is dropped", message: "Where does `bias` enter?" },
  picture: {
    kind: "matrix",
    target: [
      [0, 1],
      [1, 0],
    ],
    yours: [[0, null, 1, 1]],
  },
};
const record: ExerciseRecord = {
  ...{ schema: 1, exercise: "neuron/weighted-sum", number: "01.1", title: "The weighted sum" },
  ...{ file: "exercises/01-neuron.ts", submissionSha256: "", graderVersion: "1", node: "v24", platform: "linux" },
  ...{
    isolation: "none",
    backend: "cpu",
    seed: 1,
    startedAt: "",
    durationMs: 1,
    verdict: "partial",
    points: 1,
    maxPoints: 2,
  },
  ...{ message: "", location: null, tests: [passedCheck, wrongCheck], advice: [], learnerOutput: "", status: "final" },
};

describe("the card", () => {
  const textOf = (part: Partial<ExerciseRecord>) => parseHtml(renderCard({ ...record, ...part })).body.textContent;

  test("the first failed check shows all that helps", () => {
    const text = textOf({});
    for (const part of ["✗ 01.1 The weighted sum", "partly right", "1 of 2 checks", "1 of 2 points", "✓ adds up"])
      expect(text).toContain(part);
    for (const part of [
      "✗ the bias is added once",
      "weightedSum([1], [2], 3)",
      "[2, 2]",
      "at [1][0]",
      "The shapes differ.",
    ])
      expect(text).toContain(part);
    expect(text).toContain("This looks like: the bias is dropped. Where does bias enter?");
  });

  test("matrices and curves are shown side by side, with words", () => {
    const images = [...parseHtml(renderCard(record)).querySelectorAll("img")];
    expect(images.map(({ alt }) => alt)).toEqual(["expected", "yours"]);
    expect(images[0].src).toMatch(/^data:image\/png;base64,/);
    const curve = { kind: "curve" as const, target: [[0, 1, 2, 3, 4]], yours: [[4, 3, null, 1, 0]] };
    const html = renderCard({ ...record, tests: [{ ...wrongCheck, picture: curve }] });
    const [drawn] = [...parseHtml(html).querySelectorAll("img")];
    expect(decodeURIComponent(drawn.src)).toContain("points='5.0,75.0 52.5,57.5 100.0,40.0 147.5,22.5 195.0,5.0'");
  });

  test("a stub says where to write and how to get a hint, and shows no failure", () => {
    const text = textOf({ verdict: "not-attempted", tests: [{ ...wrongCheck, verdict: "not-attempted" }], points: 0 });
    expect(text).toContain("Write your answer in exercises/01-neuron.ts");
    expect(text).toContain("npm run grade -- --hint 01.1");
    expect(text).not.toContain("expected");
  });

  test("a passed exercise is told by a sign, not by colour alone", () => {
    expect(textOf({ verdict: "pass", tests: [passedCheck], points: 2 })).toContain("✓ 01.1 The weighted sum — passed");
    expect(textOf({ verdict: "pass", tests: [passedCheck], status: "incomplete" })).toContain(
      "✗ 01.1 The weighted sum — not graded to the end",
    );
  });

  test("a load error has its message; nothing of the learner's can become a tag", () => {
    const html = renderCard({
      ...record,
      ...{
        verdict: "load-error",
        message: "Line 3: `}` <missing>",
        tests: [],
        learnerOutput: "<script>alert(1)</script>",
      },
    });
    expect(parseHtml(html).body.textContent).toContain("Line 3: } <missing>");
    expect(html).not.toContain("<script");
    expect(parseHtml(html).querySelector("details pre").textContent).toBe("<script>alert(1)</script>");
  });
});

describe("check", () => {
  test("it runs the grader, and puts the card in the place of the waiting line", async () => {
    await check("neuron/weighted-sum");
    expect(sent.map(({ options }) => options.update ?? false)).toEqual([false, true]);
    expect(new Set(sent.map(({ options }) => options.id)).size).toBe(1);
    expect(parseHtml(shown("text/html")).querySelector("section").dataset.exercise).toBe("neuron/weighted-sum");
    expect(shown("text/plain")).toContain("01.1");
  });

  test("an exercise that is none gets a sentence", async () => {
    await expect(check("three")).rejects.toThrow(
      'check: expected an exercise such as "03.2" or "neuron/weighted-sum", got "three"',
    );
    await expect(check("01.99")).rejects.toThrow("01.99");
  });
});
