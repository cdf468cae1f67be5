import { relu, reluDerivative, sigmoid, sigmoidDerivative } from "./activations";

/** Where a value came from: what was done to which values, and the derivative of the result by each of them. */
export interface Origin {
  readonly operation: string;
  readonly parents: readonly Value[];
  /** `derivatives[i]` is `∂ result / ∂ parents[i]`: what the chain rule multiplies by on its way back. */
  readonly derivatives: readonly number[];
}

/**
 * A number that remembers how it was computed, so that `backward()` can say how a result would change with it.
 *
 *     const x = new Value(3, "x");
 *     const y = x.mul(x).add(1);
 *     y.backward();
 *     x.grad; // dy/dx = 2x = 6
 *
 * This is reverse-mode automatic differentiation (Linnainmaa 1970; Rumelhart et al. 1986), on single numbers.
 */
export class Value {
  /** `∂ result / ∂ this`, once `result.backward()` has run. */
  grad = 0;
  readonly operation: string;
  readonly parents: readonly Value[];
  readonly derivatives: readonly number[];

  constructor(
    public data: number,
    public label = "",
    { operation, parents, derivatives }: Origin = leaf,
  ) {
    if (typeof data !== "number") throw new Error(`Value: expected a number, got ${describe(data)}`);
    if (parents.length !== derivatives.length) {
      throw new Error(`Value: expected a derivative for each parent, got ${derivatives.length} for ${parents.length}`);
    }
    this.operation = operation;
    this.parents = parents;
    this.derivatives = derivatives;
  }

  add(other: Value | number): Value {
    const b = toValue(other);
    return result(this.data + b.data, "+", [this, b], [1, 1]);
  }

  sub(other: Value | number): Value {
    const b = toValue(other);
    return result(this.data - b.data, "−", [this, b], [1, -1]);
  }

  mul(other: Value | number): Value {
    const b = toValue(other);
    return result(this.data * b.data, "×", [this, b], [b.data, this.data]);
  }

  div(other: Value | number): Value {
    const b = toValue(other);
    if (b.data === 0) throw new Error("Value.div: expected a divisor other than 0");
    return result(this.data / b.data, "÷", [this, b], [1 / b.data, -this.data / b.data ** 2]);
  }

  /** `this ** exponent`. A `Value` as exponent gets a gradient too, which needs a positive base. */
  pow(exponent: Value | number): Value {
    const a = this.data;
    const b = toValue(exponent);
    if (a === 0 && b.data < 0) throw new Error(`Value.pow: expected a base other than 0 for the exponent ${b.data}`);
    if (a < 0 && !Number.isInteger(b.data)) {
      throw new Error(`Value.pow: expected a whole exponent for the negative base ${a}, got ${b.data}`);
    }
    const byBase = b.data === 0 ? 0 : b.data * a ** (b.data - 1);
    if (!(exponent instanceof Value)) return result(a ** b.data, `**${exponent}`, [this], [byBase]);
    if (a <= 0) throw new Error(`Value.pow: expected a positive base for an exponent with a gradient, got ${a}`);
    return result(a ** b.data, "**", [this, b], [byBase, a ** b.data * Math.log(a)]);
  }

  exp(): Value {
    const e = Math.exp(this.data);
    return result(e, "exp", [this], [e]);
  }

  /** The natural logarithm. */
  log(): Value {
    if (this.data <= 0) throw new Error(`Value.log: expected a positive number, got ${this.data}`);
    return result(Math.log(this.data), "log", [this], [1 / this.data]);
  }

  tanh(): Value {
    const t = Math.tanh(this.data);
    return result(t, "tanh", [this], [1 - t * t]);
  }

  relu(): Value {
    return result(relu(this.data), "relu", [this], [reluDerivative(this.data)]);
  }

  sigmoid(): Value {
    return result(sigmoid(this.data), "sigmoid", [this], [sigmoidDerivative(this.data)]);
  }

  neg(): Value {
    return result(-this.data, "neg", [this], [-1]);
  }

  /**
   * Adds `∂ this / ∂ v` to the `grad` of every leaf `v` below this value, by the chain rule:
   *
   *     ∂ this / ∂ parent  +=  ∂ this / ∂ child  *  ∂ child / ∂ parent
   *
   * A value hands its gradient on only when it is complete, that is after everything computed from it.
   * Inner values start from 0; leaves keep what they have, so a second `backward()` adds a second time: reset first.
   */
  backward(): void {
    const order = topologicalOrder(this);
    for (const value of order) if (value.parents.length > 0) value.grad = 0;
    this.grad = 1;
    for (let i = order.length - 1; i >= 0; i--) {
      const child = order[i]!;
      for (let k = 0; k < child.parents.length; k++) child.parents[k]!.grad += child.grad * child.derivatives[k]!;
    }
  }
}

/** Every value that `root` was computed from, and `root` last: parents stand before their children, each once. */
export function topologicalOrder(root: Value): Value[] {
  const order: Value[] = [];
  const found = new Set<Value>([root]);
  // Depth first, with a path of our own: a graph can be deeper than JavaScript's call stack.
  const path = [root];
  const next = [0]; // which parent of path[i] comes next
  while (path.length > 0) {
    const last = path.length - 1;
    const parent = path[last]!.parents[next[last]!++];
    if (parent === undefined) {
      order.push(path.pop()!);
      next.pop();
    } else if (!found.has(parent)) {
      found.add(parent);
      path.push(parent);
      next.push(0);
    }
  }
  return order;
}

/** A number becomes a constant: a value without parents that nobody asks for its gradient. */
export function toValue(x: Value | number): Value {
  return x instanceof Value ? x : new Value(x);
}

/** Forgets the gradients of earlier backward passes. */
export function zeroGrad(values: Iterable<Value>): void {
  for (const value of values) value.grad = 0;
}

const leaf: Origin = { operation: "", parents: [], derivatives: [] };

function result(data: number, operation: string, parents: readonly Value[], derivatives: readonly number[]): Value {
  return new Value(data, "", { operation, parents, derivatives });
}

function describe(x: unknown): string {
  return typeof x === "string" ? JSON.stringify(x) : Array.isArray(x) ? `an array of ${x.length}` : String(x);
}
