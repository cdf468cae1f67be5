import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../lib/random";
import { type Graph, type GraphNode, graph } from "../../lib/scalar/graph";
import { Value } from "../../lib/scalar/value";

test("the graph of r = m·n, m = x·x, n = m + 1 as plain data", () => {
  const x = new Value(3, "x");
  const m = x.mul(x);
  m.label = "m";
  const n = m.add(1);
  const r = m.mul(n);
  r.backward();
  const { nodes, edges } = graph(r);
  expect(nodes.map(({ label, operation, data, grad, column }) => [label, operation, data, grad, column])).toEqual([
    ["x", "", 3, 114, 0],
    ["m", "×", 9, 19, 1],
    ["", "", 1, 9, 1],
    ["", "+", 10, 9, 2],
    ["", "×", 90, 1, 3],
  ]);
  expect(edges).toEqual([
    { from: 0, to: 1, derivative: 3 },
    { from: 0, to: 1, derivative: 3 },
    { from: 1, to: 3, derivative: 1 },
    { from: 2, to: 3, derivative: 1 },
    { from: 1, to: 4, derivative: 10 },
    { from: 3, to: 4, derivative: 9 },
  ]);
});

test("every arrow points right, no two nodes share a place, all stand within the picture", () => {
  const operations = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(operations, (picks) => {
      const values = [new Value(0.5), new Value(-0.25), new Value(2)];
      for (const [i, j] of picks) values.push(values[i % values.length]!.add(values[j % values.length]!));
      const { nodes, edges } = graph(values[values.length - 1]!);
      for (const { from, to } of edges) expect(nodes[from]!.x).toBeLessThan(nodes[to]!.x);
      expect(new Set(nodes.map(({ column, row }) => `${column},${row}`)).size).toBe(nodes.length);
      for (const { x, y } of nodes) expect(x > 0 && x < 1 && y > 0 && y < 1).toBe(true);
    }),
  );
});

/** How many pairs of arrows cross, when each node stands at the given height. */
function crossings({ nodes, edges }: Graph, height: (node: GraphNode) => number): number {
  const side = (a: GraphNode, b: GraphNode, p: GraphNode) =>
    Math.sign((b.x - a.x) * (height(p) - height(a)) - (height(b) - height(a)) * (p.x - a.x));
  const ends = edges.map(({ from, to }) => [nodes[from]!, nodes[to]!] as const);
  const pairs = ends.flatMap((first, i) => ends.slice(i + 1).map((second) => [...first, ...second] as const));
  return pairs.filter(
    ([a, b, p, q]) =>
      new Set([a, b, p, q]).size === 4 && side(a, b, p) * side(a, b, q) < 0 && side(p, q, a) * side(p, q, b) < 0,
  ).length;
}

test("a value that is used twice stands between what it is used with", () => {
  const [a, b, c] = [new Value(2, "a"), new Value(3, "b"), new Value(4, "c")];
  const picture = graph(a.mul(b).mul(a.add(c)));
  expect(crossings(picture, ({ y }) => y)).toBe(0);
});

test("rows are ordered so that far fewer arrows cross than in the order of computing", () => {
  const random = new Random(5);
  let [before, after] = [0, 0];
  for (let round = 0; round < 40; round++) {
    const values = [1, 2, 3].map((data) => new Value(data));
    for (let i = 0; i < 7; i++) values.push(random.choice(values).add(random.choice(values.slice(-3))));
    const picture = graph(values[values.length - 1]!);
    const column = (node: GraphNode) => picture.nodes.filter((other) => other.column === node.column);
    before += crossings(picture, (node) => -(column(node).indexOf(node) + 0.5) / column(node).length);
    after += crossings(picture, ({ y }) => y);
  }
  expect(after).toBeLessThan(0.7 * before);
});

test("a lone value is a graph of one node", () => {
  expect(graph(new Value(2, "x"))).toEqual({
    nodes: [{ id: 0, label: "x", operation: "", data: 2, grad: 0, column: 0, row: 0, x: 0.5, y: 0.5 }],
    edges: [],
  });
});
