import type { Driver } from "../../lib/course/grader/exercise";
import { Value } from "../../lib/scalar/value";

type Answer = typeof import("../../solutions/03-backpropagation");
type GraphNode = import("../../solutions/03-backpropagation").GraphNode;

/** A graph as plain data: `parents[i]` are the places of node i's parents, all smaller than i; the last node is the root. */
export type Plan = {
  readonly data: readonly number[];
  readonly parents: readonly (readonly number[])[];
  readonly derivatives: readonly (readonly number[])[];
  /** What `grad` holds before anybody calls anything. */
  readonly grad: number;
};

/** Builds the graph; `onHandOn` is told of every time that a node's local derivatives are asked for. */
function build({ data, parents, derivatives, grad }: Plan, onHandOn: () => void = () => {}): GraphNode[] {
  const nodes: GraphNode[] = [];
  for (const [i, number] of data.entries()) {
    nodes.push({
      data: number,
      parents: parents[i]!.map((k) => nodes[k]!),
      get derivatives() {
        onHandOn();
        return derivatives[i]!;
      },
      grad,
    });
  }
  return nodes;
}

/** What can be said about an order, whichever of the right ones it is. */
export const order: Driver<Answer> = (answer, plan: Plan) => {
  const nodes = build(plan);
  const found = answer.topologicalOrder(nodes.at(-1)!);
  const place = new Map(found.map((node, i) => [node, i]));
  let tooEarly = 0;
  for (const node of found) for (const parent of node.parents) if (!(place.get(parent)! < place.get(node)!)) tooEarly++;
  return {
    entries: found.length,
    differentNodes: place.size,
    nodesMissing: nodes.filter((node) => !place.has(node)).length,
    nodesBeforeOneOfTheirParents: tooEarly,
    rootIsLast: found.at(-1) === nodes.at(-1),
  };
};

/** The gradients after one backward pass, or several. */
export const gradients: Driver<Answer> = (answer, { plan, times }: { plan: Plan; times: number }) => {
  const nodes = build(plan);
  for (let i = 0; i < times; i++) answer.backward(nodes);
  return nodes.map((node) => node.grad);
};

/** The repaired engine's gradients, and whether it walked each arrow about once. */
export const patient: Driver<Answer> = (answer, plan: Plan) => {
  let handedOn = 0;
  const nodes = build(plan, () => handedOn++);
  answer.patientBackward(nodes.at(-1)!);
  const arrows = plan.parents.flat().length;
  return { gradients: nodes.map((node) => node.grad), followsEachArrowOnce: handedOn <= 4 * arrows };
};

/** Central differences of `Σ cᵢ xᵢ³ + x₀ x₁`, which differences of one side get visibly wrong, with the point afterwards. */
export const numeric: Driver<Answer> = (
  answer,
  { coefficients, at, step }: { coefficients: number[]; at: number[]; step: number },
) => {
  const f = (x: readonly number[]) =>
    coefficients.reduce((sum, c, i) => sum + c * x[i]! ** 3, 0) + (x.length > 1 ? x[0]! * x[1]! : 0);
  const point = [...at];
  return { gradient: answer.numericGradient(f, point, step), pointAfterwards: point };
};

/** Softplus alone, and inside a longer computation: `softplus(w·x)·softplus(w·x) + w` with the gradient by w. */
export const softplus: Driver<Answer> = (answer, { w, x }: { w: number; x: number }) => {
  const weight = new Value(w);
  const product = weight.mul(x);
  const y = answer.softplus(product);
  const result = y.mul(y).add(weight);
  result.backward();
  return { value: y.data, gradientByItsInput: product.grad, gradientThroughIt: weight.grad };
};

/** Softplus of one number with its derivative. */
export const softplusAt: Driver<Answer> = (answer, x: number) => {
  const value = new Value(x);
  const y = answer.softplus(value);
  y.backward();
  return { value: y.data, derivative: value.grad };
};
