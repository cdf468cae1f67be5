import { Value } from "../lib/scalar/value";

/**
 * The local derivatives of a sum: how fast x₁ + x₂ + … grows with each of its terms, when only that term moves.
 * One number for each term. Example: nudge any one term by 0.01, and the sum grows by 0.01.
 */
export function addDerivatives(terms: readonly number[]): readonly number[] {
  // BEGIN 03.1
  return terms.map(() => 1);
  // END 03.1
}

/** The derivatives of a · b by a and by b. Example: at a = 3, b = 5, nudge a by 0.01 and the product grows by 0.05. */
export function multiplyDerivatives(a: number, b: number): readonly [number, number] {
  // BEGIN 03.1
  return [b, a];
  // END 03.1
}

/** The derivative of tanh(x) by x. Example: 1 at x = 0, where tanh is steepest. `Math.tanh` is there for you. */
export function tanhDerivative(x: number): number {
  // BEGIN 03.1
  const squashed = Math.tanh(x);
  return 1 - squashed * squashed;
  // END 03.1
}

/** The derivative of e^x by x. Example: 1 at x = 0. */
export function expDerivative(x: number): number {
  // BEGIN 03.1
  return Math.exp(x);
  // END 03.1
}

/** The derivative of x^n by x, for a fixed number n. Example: at x = 5, n = 2 it is 10. */
export function powDerivative(x: number, n: number): number {
  // BEGIN 03.1
  return n * x ** (n - 1);
  // END 03.1
}

/** How fast a loss grows with each of a neuron's numbers. */
export interface NeuronGradient {
  readonly w: number;
  readonly b: number;
  readonly x: number;
}

/**
 * The gradient of one neuron with one input, by hand. The neuron, then its loss:
 *
 *     z = w·x + b        h = tanh(z)        L = (h − y)²
 *
 * Return ∂L/∂w, ∂L/∂b and ∂L/∂x. Go backward from L, one link of the chain at a time:
 *
 *     ∂L/∂h = …        ∂L/∂z = ∂L/∂h · ∂h/∂z        ∂L/∂w = ∂L/∂z · ∂z/∂w        …
 *
 * Example: at w = 0, x = 2, b = 0, y = −1: h is 0, ∂L/∂h is 2, ∂h/∂z is 1, so the answer is `{ w: 4, b: 2, x: 0 }`.
 */
export function neuronGradient(w: number, x: number, b: number, y: number): NeuronGradient {
  // BEGIN 03.2
  const h = Math.tanh(w * x + b);
  const byH = 2 * (h - y);
  const byZ = byH * (1 - h * h);
  return { w: byZ * x, b: byZ, x: byZ * w };
  // END 03.2
}

/**
 * The gradient of a result that `a` reaches by two paths:
 *
 *     u = a·b        v = a + c        L = u·v
 *
 * Return ∂L/∂a, ∂L/∂b and ∂L/∂c. Along a path derivatives multiply; where paths meet they add.
 * Example: at a = 2, b = 3, c = 4: u = 6, v = 6, and the answer is `{ a: 24, b: 12, c: 6 }`.
 */
export function twoPathGradient(a: number, b: number, c: number): { a: number; b: number; c: number } {
  // BEGIN 03.3
  const u = a * b;
  const v = a + c;
  const byU = v;
  const byV = u;
  return { a: byU * b + byV, b: byU * a, c: byV };
  // END 03.3
}

/** A number in a computation, and where it came from. A leaf (an input, a weight) has no parents. */
export interface GraphNode {
  readonly data: number;
  /** What it was computed from. The same node may stand here twice: x·x has the parents [x, x]. */
  readonly parents: readonly GraphNode[];
  /** `derivatives[k]` is the local derivative of this node by `parents[k]`. */
  readonly derivatives: readonly number[];
  /** ∂ result / ∂ this node: what the backward pass fills in. */
  grad: number;
}

/**
 * Every node that `root` was computed from, and `root` itself, in an order in which each node stands *after* all of its
 * parents. Every node stands in it exactly once, however many paths lead to it.
 *
 * Example: for r = m·n with m = x·x and n = m + x, the order is x, m, n, r.
 */
export function topologicalOrder(root: GraphNode): readonly GraphNode[] {
  // BEGIN 03.4
  const order: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  const visit = (node: GraphNode) => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const parent of node.parents) visit(parent);
    order.push(node);
  };
  visit(root);
  return order;
  // END 03.4
}

/**
 * The backward pass: fills in `grad` of every node. `order` is a topological order: parents first, the result last.
 *
 * 1. Every grad starts at 0, whatever it held before.
 * 2. The result's own grad is 1: if it grows by 0.01, it grows by 0.01.
 * 3. From the result back to the leaves, each node hands on to each parent its own grad times the local derivative.
 *    A parent adds up what it gets.
 *
 *     parents[k].grad ← parents[k].grad + grad · derivatives[k]
 */
export function backward(order: readonly GraphNode[]): void {
  // BEGIN 03.5
  for (const node of order) node.grad = 0;
  order[order.length - 1]!.grad = 1;
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    for (let k = 0; k < node.parents.length; k++) {
      node.parents[k]!.grad += node.grad * node.derivatives[k]!;
    }
  }
  // END 03.5
}

/**
 * The gradient of any function by central differences: nudge one number at a time, a little up and a little down.
 *
 *     ∂f/∂xᵢ ≈ ( f(x₁, …, xᵢ + h, …) − f(x₁, …, xᵢ − h, …) ) / 2h        h is `step`
 *
 * Leave the array `at` as it is. Example: for f(x) = x₁² at [3] the answer is [6], whatever the step.
 */
export function numericGradient(
  f: (x: readonly number[]) => number,
  at: readonly number[],
  step: number,
): readonly number[] {
  // BEGIN 03.6
  return at.map((_, i) => {
    const moved = (by: number) => f(at.map((x, j) => (j === i ? x + by : x)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
  // END 03.6
}

/**
 * How far two gradients are apart: the largest error of any entry, relative to the numeric gradient where that is
 * larger than 1, so that big gradients may be off by more.
 *
 *     max over i of  |analyticᵢ − numericᵢ| / max(1, |numericᵢ|)
 *
 * Example: `gradientError([1, 20], [1.5, 10])` is 1: the first entry is off by 0.5, the second by 10/10.
 */
export function gradientError(analytic: readonly number[], numeric: readonly number[]): number {
  // BEGIN 03.6
  return Math.max(...analytic.map((g, i) => Math.abs(g - numeric[i]!) / Math.max(1, Math.abs(numeric[i]!))));
  // END 03.6
}

/**
 * A hasty engine, broken on purpose. It needs no order: whoever gets a share of the gradient hands it on at once.
 * On a chain it is right. When a node that others were computed from is used twice, it is wrong.
 * Call it on b = a + a, c = b + b, and follow what happens to `b.grad`.
 */
export function hastyBackward(node: GraphNode, share = 1): void {
  node.grad += share;
  node.parents.forEach((parent, k) => hastyBackward(parent, node.grad * node.derivatives[k]!));
}

/**
 * The engine repaired. All grads are 0 when it starts, and right when it ends: each node hands its gradient on once,
 * when it is complete.
 *
 * When is it complete? When everything that was computed from it has handed on. So count first: from how many places
 * will each node get a share? (x·x gives two shares to x.) Then start at the root. Whenever a node has got its last
 * share, it is ready to hand on in its turn.
 *
 * Follow no path twice: forty doublings in a row have a million million paths, and only forty-one nodes.
 */
export function patientBackward(root: GraphNode): void {
  // BEGIN 03.7
  const awaited = new Map<GraphNode, number>();
  const counted = new Set<GraphNode>([root]);
  for (const node of counted) {
    for (const parent of node.parents) {
      awaited.set(parent, (awaited.get(parent) ?? 0) + 1);
      counted.add(parent);
    }
  }
  root.grad = 1;
  const ready = [root];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (let k = 0; k < node.parents.length; k++) {
      const parent = node.parents[k]!;
      parent.grad += node.grad * node.derivatives[k]!;
      const left = awaited.get(parent)! - 1;
      awaited.set(parent, left);
      if (left === 0) ready.push(parent);
    }
  }
  // END 03.7
}

/**
 * A new operation for the course's engine: softplus, a ReLU with its corner rounded off.
 *
 *     softplus(x) = log(1 + e^x) = max(x, 0) + log(1 + e^(−|x|))        the second form never overflows
 *     softplus'(x) = 1 / (1 + e^(−x))                                   an old friend
 *
 * Make one new value: its number, and where it came from.
 *
 *     new Value(number, "", { operation: "softplus", parents: [x], derivatives: [the local derivative] })
 *
 * Example: `softplus(new Value(0)).data` is log 2 ≈ 0.693, `softplus(new Value(1000)).data` is 1000.
 */
export function softplus(x: Value): Value {
  // BEGIN 03.8
  const data = Math.max(x.data, 0) + Math.log1p(Math.exp(-Math.abs(x.data)));
  const derivative = 1 / (1 + Math.exp(-x.data));
  return new Value(data, "", { operation: "softplus", parents: [x], derivatives: [derivative] });
  // END 03.8
}
