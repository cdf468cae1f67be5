import { dot } from "../dot";

export interface MinimizeOptions {
  /** Default: 300. */
  readonly maxIterations?: number;
  /** Ends when no entry of the gradient is larger. Default: 1e-3. */
  readonly tolerance?: number;
  /** How many steps are remembered. Default: 10. */
  readonly memory?: number;
}

/**
 * The minimum of a smooth function by L-BFGS (Liu and Nocedal 1989): descent that remembers how its last steps changed the
 * gradient, and so knows the valley's shape without computing second derivatives. For few numbers and whole data sets; on
 * mini-batches, whose gradients are noisy, use an optimiser.
 */
export function minimize(
  f: (point: Float64Array) => { readonly value: number; readonly gradient: Float64Array },
  start: Float64Array,
  { maxIterations = 300, tolerance = 1e-3, memory = 10 }: MinimizeOptions = {},
): Float64Array {
  let point = start;
  let { value, gradient } = f(point);
  const steps: Step[] = [];
  for (let iteration = 0; iteration < maxIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descent(gradient, steps);
    const slope = dot(gradient, direction);
    let rate = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let moved = moveBy(point, rate, direction);
    let next = f(moved);
    // Half the step until it pays (Armijo 1966).
    while (!(next.value <= value + 1e-4 * rate * slope) && rate > 1e-12) {
      rate /= 2;
      moved = moveBy(point, rate, direction);
      next = f(moved);
    }
    if (!(next.value < value)) break; // as low as the numbers allow
    const [s, y] = [moveBy(moved, -1, point), moveBy(next.gradient, -1, gradient)];
    const curvature = dot(s, y);
    if (curvature > 1e-12) steps.push({ s, y, curvature });
    if (steps.length > memory) steps.shift();
    [point, value, gradient] = [moved, next.value, next.gradient];
  }
  return point;
}

interface Step {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly curvature: number;
}

/** The gradient, turned by what the steps have taught of the valley (algorithm 7.4 of Nocedal and Wright 2006). */
function descent(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = new Float64Array(gradient.length);
  add(direction, -1, gradient);
  const shares = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { s, y, curvature } = steps[i]!;
    shares[i] = dot(s, direction) / curvature;
    add(direction, -shares[i]!, y);
  }
  const last = steps[steps.length - 1];
  if (last) add(direction, last.curvature / dot(last.y, last.y) - 1, direction);
  for (const [i, { s, y, curvature }] of steps.entries()) add(direction, shares[i]! - dot(y, direction) / curvature, s);
  return direction;
}

function add(to: Float64Array, rate: number, vector: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += rate * vector[i]!;
}

function moveBy(from: Float64Array, rate: number, direction: Float64Array): Float64Array {
  const moved = from.slice();
  add(moved, rate, direction);
  return moved;
}

function largest(vector: Float64Array): number {
  let max = 0;
  for (let i = 0; i < vector.length; i++) max = Math.max(max, Math.abs(vector[i]!));
  return max;
}
