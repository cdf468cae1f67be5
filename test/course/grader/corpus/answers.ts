import { type Entry, right, softmax, wrong } from "./entry";

/* Answers that are no numbers, numbers in disguise, nearly right, or right in unusual clothes. */

const tfFile = (body: string) =>
  `import * as tf from "@tensorflow/tfjs";\nexport function rowMeans(x: tf.Tensor2D): any {\n  ${body}\n}\n`;

export const answers: Entry[] = [
  { name: "19a array-like of 2**31", body: "return { length: 2 ** 31 } as any;", verdict: "wrong" },
  {
    name: "19b sparse array of 2**31",
    body: "return new Array(2 ** 31);",
    verdict: "wrong",
    says: /2147483648 entries/,
  },
  { name: "19c a million entries", body: "return new Array(1e6).fill(1);", verdict: "wrong" },
  { name: "19d a text of 100 MB", body: "return 'x'.repeat(1e8) as any;", verdict: "wrong" },
  { name: "19e a cycle", body: "const a: any[] = []; a.push(a); return a;", verdict: "wrong" },
  {
    name: "26 asymmetric matcher",
    body: "return { $$typeof: Symbol.for('jest.asymmetricMatcher'), asymmetricMatch: () => true } as any;",
    verdict: "wrong",
  },
  {
    name: "26b asymmetric matchers as entries",
    body: "return values.map(() => ({ asymmetricMatch: () => true })) as any;",
    verdict: "wrong",
  },
  { name: "27a valueOf", body: "return values.map(() => ({ valueOf: () => NaN })) as any;", verdict: "wrong" },
  {
    name: "27b Symbol.toPrimitive",
    body: "return values.map(() => ({ [Symbol.toPrimitive]: () => NaN })) as any;",
    verdict: "wrong",
  },
  {
    name: "28 own forEach",
    body: "return Object.assign(values.map(() => 9), { forEach() {}, every: () => true });",
    verdict: "wrong",
  },
  {
    name: "29 Proxy",
    body: "return new Proxy([], { get: (t: any, k) => (k === 'length' ? values.length : k === Symbol.iterator ? t[k] : 0) });",
    verdict: "wrong",
  },
  {
    name: "30a returned Proxy that throws",
    body: "return new Proxy([], { get() { throw new Error('trap'); } });",
    verdict: "error",
    says: /trap/,
  },
  {
    name: "30b thrown Proxy",
    body: "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });",
    verdict: "error",
    says: /\(unprintable\)/,
  },
  {
    name: "30c getter that throws",
    body: "return { get x() { throw new Error('getter'); } } as any;",
    verdict: "error",
  },
  { name: "31a NaN", body: "return values.map(() => NaN);", verdict: "wrong", says: /at \[0\], got NaN/ },
  { name: "31b Infinity", body: "return values.map(() => Infinity);", verdict: "wrong", says: /got Infinity/ },
  { name: "31c undefined", body: "return undefined as any;", verdict: "wrong", says: /got undefined/ },
  { name: "31d null", body: "return null as any;", verdict: "wrong", says: /got null/ },
  {
    name: "31e one undefined entry",
    body: right.replace("power / sum", "(power / sum > 0.9 ? undefined : power / sum) as any").replace("0.9", "0"),
    verdict: "wrong",
    says: /at \[0\], got undefined/,
  },
  {
    name: "32 -0 for 0",
    exercise: "90.4",
    file: "export const insert = (o: number[], v: number) => [...o, v === 0 ? -0 : v].sort((a, b) => a - b);",
    verdict: "pass",
  },
  {
    name: "33a texts",
    body: right.replace("power / sum", "String(power / sum) as any"),
    verdict: "wrong",
    says: /got the text/,
  },
  { name: "33b true", body: "return values.map(() => true) as any;", verdict: "wrong" },
  { name: "33c bigint", body: "return values.map(() => 1n) as any;", verdict: "wrong", says: /a bigint/ },
  { name: "33d arrays of one", body: right.replace("power / sum", "[power / sum] as any"), verdict: "wrong" },
  {
    name: "33e Number objects",
    body: right.replace("power / sum", "Object(power / sum)"),
    verdict: "wrong",
    says: /class Number/,
  },
  { name: "33f a function", body: "return (() => 1) as any;", verdict: "wrong", says: /got a function/ },
  { name: "33g a generator", body: "return (function* () { yield 1; })() as any;", verdict: "wrong" },
  {
    name: "34a too short",
    body: right.replace("power / sum)", "power / sum).slice(1)"),
    verdict: "wrong",
    says: /expected 3 entries, got 2/i,
  },
  {
    name: "34b shape [N, 1]",
    exercise: "90.2",
    file: tfFile("return tf.mean(x, 1, true);"),
    verdict: "wrong",
    says: /the axis is kept/,
  },
  {
    name: "34c dtype",
    exercise: "90.2",
    file: tfFile("return tf.mean(x, 1).cast('int32');"),
    verdict: "wrong",
    says: /dtype float32, got int32/,
  },
  {
    name: "34d an array for a tensor",
    exercise: "90.2",
    file: tfFile("return tf.mean(x, 1).arraySync();"),
    verdict: "wrong",
    says: /expected a tensor/i,
  },
  {
    name: "34e a disposed tensor",
    exercise: "90.2",
    file: tfFile("const y = tf.mean(x, 1); y.dispose(); return y;"),
    verdict: "error",
    says: /disposed/,
  },
  { name: "35a float32 arithmetic", body: right.replace("power / sum)", "Math.fround(power / sum))"), verdict: "pass" },
  { name: "35b another order of the sum", body: right.replace(".reduce", ".reduceRight"), verdict: "pass" },
  {
    name: "35c Float32Array",
    body: `const a = (() => { ${right} })(); return Float32Array.from(a) as any;`,
    verdict: "pass",
  },
  {
    name: "35d float32 sum of a tensor by hand",
    exercise: "90.2",
    file: tfFile("return tf.stack(tf.unstack(x, 1)).sum(0).div(x.shape[1]);"),
    verdict: "pass",
  },
  {
    name: "35e a promise of the right answer",
    file: softmax(right).replace("export function", "export async function"),
    verdict: "pass",
  },
  {
    name: "35f Proxy around the right answer",
    body: right.replace(/return (.*);$/, "return new Proxy($1, {});"),
    verdict: "pass",
  },
  {
    name: "35g a subclass of Array",
    body: `class List extends Array<number> {} return List.from((() => { ${right} })()) as any;`,
    verdict: "pass",
  },
  {
    name: "36 softmax without the largest number",
    body: right.replace("value - largest", "value"),
    verdict: "partial",
    says: /This looks like: the largest number is not subtracted/,
  },
  {
    name: "37 changes its input",
    exercise: "90.4",
    file: "export function insert(o: number[], v: number) { o.push(v); return o.sort((a, b) => a - b); }",
    verdict: "pass",
  },
  {
    name: "38 the same array each time",
    file: `const shared: number[] = [];\n${softmax(right.replace(/return (.*);$/, "shared.length = 0; shared.push(...$1); return shared;"))}`,
    verdict: "pass",
  },
  { name: "40 random answers", body: "return values.map(() => Math.random());", verdict: "wrong" },
  { name: "41a Math.abs", file: `Math.abs = () => 0;\n${softmax(wrong)}`, verdict: "wrong" },
  { name: "41b Object.is", file: `Object.is = () => true;\n${softmax(wrong)}`, verdict: "wrong" },
  { name: "41c Number.isFinite", file: `Number.isFinite = () => false;\n${softmax(wrong)}`, verdict: "wrong" },
  { name: "64c depends on the date", body: "return values.map(() => Date.now() % 7);", verdict: "wrong" },
];
