import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graph } from "../../lib/scalar/graph";
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

test("rows are ordered so that a ladder's lines do not cross", () => {
  const [a, b, c, d] = [1, 2, 3, 4].map((data) => new Value(data)) as [Value, Value, Value, Value];
  const { nodes, edges } = graph(a.mul(b).tanh().add(c.mul(d).tanh()));
  const steps = edges.filter(({ from, to }) => nodes[from]!.column === 1 && nodes[to]!.column === 2);
  expect(steps.length).toBe(2);
  for (const { from, to } of steps) expect(nodes[from]!.y).toBe(nodes[to]!.y);
});

test("a lone value is a graph of one node", () => {
  expect(graph(new Value(2, "x"))).toEqual({
    nodes: [{ id: 0, label: "x", operation: "", data: 2, grad: 0, column: 0, row: 0, x: 0.5, y: 0.5 }],
    edges: [],
  });
});
