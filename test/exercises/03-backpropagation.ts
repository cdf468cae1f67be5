import type { Lesson } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";
import type { Plan } from "./03-backpropagation.drivers";

/** `count` numbers, none of them near zero. */
function numbers(random: Random, count: number, low = 0.3, high = 2): number[] {
  return Array.from({ length: count }, () => random.uniform(low, high) * random.choice([-1, 1]));
}

/** A graph of this shape with random numbers and local derivatives. */
function plan(random: Random, parents: readonly (readonly number[])[], grad = 0): Plan {
  return {
    data: numbers(random, parents.length),
    parents,
    derivatives: parents.map((of) => numbers(random, of.length)),
    grad,
  };
}

const chain = [[], [0], [1], [2]];
/** Two inputs, each used once. */
const tree = [[], [], [0, 1], [], [2, 3], [4]];
/** x·x + x: a leaf used three times. */
const sharedLeaf = [[], [0, 0], [1, 0]];
/** m = x·x, n = m + c, r = m·n: a middle used twice, once by way of another. */
const sharedMiddle = [[], [0, 0], [], [1, 2], [1, 3]];
/** Shared at every level, and with a leaf that joins late. */
const tangle = [[], [], [0, 1], [2, 0], [2, 3], [3, 4, 1], [5, 2]];
/** y·y, and y again by a longer way; in both orders. */
const squares = [
  [[], [0], [1, 1], [1], [3], [4, 2]],
  [[], [0], [1, 1], [1], [3], [2, 4]],
];
/** Each node is the one before plus itself. */
const doublings = (count: number) => Array.from({ length: count + 1 }, (_, i) => (i === 0 ? [] : [i - 1, i - 1]));

const lesson: Lesson = {
  name: "03-backpropagation",
  title: "Backpropagation",
  exercises: [
    {
      number: "03.1",
      slug: "backpropagation/local-derivatives",
      title: "Local derivatives",
      why: "The whole of backpropagation is made of these: one small derivative for each operation, multiplied along the way.",
      difficulty: 1,
      minutes: 10,
      points: 2,
      exports: ["addDerivatives", "multiplyDerivatives", "tanhDerivative", "expDerivative", "powDerivative"],
      hints: [
        "For each operation: hold all inputs but one still, and nudge that one. How much does the result move, for each unit of nudge?",
        "A nudge of one term of a sum arrives unchanged. A nudge of `a` in a·b arrives multiplied by the *other* factor. For tanh you need tanh(x) itself, squared. e^x is its own derivative. For x^n the exponent comes down as a factor and drops by one.",
        "`terms.map(() => 1)` · `[b, a]` · `1 - Math.tanh(x) ** 2` · `Math.exp(x)` · `n * x ** (n - 1)`",
      ],
      checks: [
        {
          title: "a sum: one number for each term",
          call: "addDerivatives",
          inputs: (random) => [2, 3].map((n) => [numbers(random, n)]),
        },
        {
          title: "a product, by its first and by its second factor",
          call: "multiplyDerivatives",
          inputs: (random) => [[random.uniform(2, 3), random.uniform(4, 5)], numbers(random, 2)],
        },
        {
          title: "tanh, near 0 and further out",
          call: "tanhDerivative",
          inputs: (random) => [[0], [random.uniform(0.4, 0.9)], [-random.uniform(1.2, 2)]],
        },
        {
          title: "the exponential",
          call: "expDerivative",
          inputs: (random) => [[0], [random.uniform(0.5, 2)], [-random.uniform(0.5, 2)]],
        },
        {
          title: "a power, with whole, broken and negative exponents",
          call: "powDerivative",
          inputs: (random) => [
            [random.uniform(2, 3), 3],
            [-random.uniform(2, 3), 2],
            [random.uniform(2, 3), 0.5],
            [random.uniform(2, 3), -1],
          ],
        },
      ],
      mistakes: [
        {
          name: "the terms themselves",
          message:
            "You return the terms of the sum. How *large* a term is does not matter: nudge it by 0.01 and the sum moves by 0.01, whether the term is 3 or 3,000.",
          edits: [["return terms.map(() => 1);", "return terms.map((x) => x);"]],
        },
        {
          name: "the nudge is shared out",
          message:
            "You divide by the number of terms, as a mean would. A sum passes the whole nudge of each term on: its derivative by every term is the same number, however many terms there are.",
          edits: [["return terms.map(() => 1);", "return terms.map(() => 1 / terms.length);"]],
        },
        {
          name: "the factors are not swapped",
          message:
            "The derivative of a·b by a is not a. Try 3·5: nudge the 3 to 3.01, and the product grows by 5 hundredths, because there are five of them. Each factor's derivative is the *other* factor.",
          edits: [["return [b, a];", "return [a, b];"]],
        },
        {
          name: "the square is missing in tanh'",
          message:
            "Your tanh' is 1 − tanh(x). At x = −1 that would be more than 1, and tanh is never steeper than at 0, where it is exactly 1. The slope is the same at x and −x, so a square belongs there.",
          edits: [["return 1 - squashed * squashed;", "return 1 - squashed;"]],
        },
        {
          name: "tanh' of the wrong variable",
          message:
            "You compute 1 − x². The formula 1 − h² is written in terms of h = tanh(x), the *result*: squash first, then square. Outside of −1 … 1 yours turns negative, and tanh never falls.",
          edits: [["const squashed = Math.tanh(x);", "const squashed = x;"]],
        },
        {
          name: "the power rule on an exponential",
          message:
            "You used the power rule, x · e^(x−1). That rule is for a fixed exponent and a moving base. Here the base is fixed and the exponent moves: e^x is its own derivative.",
          edits: [["return Math.exp(x);", "return x * Math.exp(x - 1);"]],
        },
        {
          name: "the exponent does not drop",
          message:
            "You have the factor n, but left the exponent as it was. The derivative of x² is 2·x, not 2·x²: the exponent drops by one.",
          edits: [["return n * x ** (n - 1);", "return n * x ** n;"]],
        },
        {
          name: "the exponent does not come down",
          message:
            "You lowered the exponent but lost the factor n in front. The derivative of x³ is 3·x²: the old exponent comes down as a factor.",
          edits: [["return n * x ** (n - 1);", "return x ** (n - 1);"]],
        },
      ],
    },
    {
      number: "03.2",
      slug: "backpropagation/one-neuron",
      title: "One neuron, by hand",
      why: "Do it once by hand and you have seen everything that happens in a network of a billion weights.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["neuronGradient"],
      hints: [
        "Draw the chain: w, x and b make z, z makes h, h and y make L. Write the local derivative beside each arrow, then multiply backward from L.",
        "First ∂L/∂h: the square's exponent comes down. Then times 1 − h² for the tanh: that is ∂L/∂z. z = w·x + b: by w it is x, by b it is 1, by x it is w.",
        "`const byH = 2 * (h - y); const byZ = byH * (1 - h * h);` and then `{ w: byZ * …, b: …, x: byZ * … }`",
      ],
      checks: [
        {
          title: "the shares of weight, bias and input",
          call: "neuronGradient",
          inputs: (random) =>
            [1, -1].map((sign) => [
              random.uniform(0.6, 0.9),
              sign * random.uniform(1.2, 1.6),
              random.uniform(0.1, 0.3),
              -sign * random.uniform(0.5, 1),
            ]),
        },
        {
          title: "a neuron that is exactly right has nothing to change",
          call: "neuronGradient",
          inputs: (random) => [[0, random.uniform(1, 2), 0, 0]],
        },
        {
          title: "a saturated neuron hardly moves, however wrong it is",
          call: "neuronGradient",
          inputs: (random) => [[random.uniform(2.5, 3), random.uniform(2, 2.5), random.uniform(0.5, 1), -1]],
        },
      ],
      mistakes: [
        {
          name: "the factor 2 is lost",
          message:
            "Every number is exactly half of what it should be. The loss is a square, and the derivative of (h − y)² by h is 2·(h − y).",
          edits: [["const byH = 2 * (h - y);", "const byH = h - y;"]],
        },
        {
          name: "the error has the wrong sign",
          message:
            "Every number has the wrong sign: you took y − h. When the output is too high, the loss *grows* with the output, so ∂L/∂h must be positive there.",
          edits: [["const byH = 2 * (h - y);", "const byH = 2 * (y - h);"]],
        },
        {
          name: "a link of the chain is missing: tanh",
          message:
            "You went from h straight to w, b and x, and left out the tanh between h and z. Each link multiplies: ∂L/∂z = ∂L/∂h · (1 − h²). Without it a saturated neuron would seem easy to move.",
          edits: [["const byZ = byH * (1 - h * h);", "const byZ = byH;"]],
        },
        {
          name: "tanh' at the wrong place",
          message:
            "Your factor for the tanh is 1 − z², with z the weighted sum. The formula is 1 − h², with the neuron's *output* h = tanh(z).",
          edits: [["const byZ = byH * (1 - h * h);", "const byZ = byH * (1 - (w * x + b) ** 2);"]],
        },
        {
          name: "weight and input are swapped",
          message:
            "Your shares of w and x are exchanged. z = w·x + b: nudge w by one and z grows by x. The weight's share contains the input, and the input's share the weight.",
          edits: [["return { w: byZ * x, b: byZ, x: byZ * w };", "return { w: byZ * w, b: byZ, x: byZ * x };"]],
        },
        {
          name: "the bias's share contains the input",
          message:
            "You multiplied the bias's share by x too. The bias is added, not multiplied by anything: its local derivative is 1, so its share is ∂L/∂z itself.",
          edits: [["return { w: byZ * x, b: byZ, x: byZ * w };", "return { w: byZ * x, b: byZ * x, x: byZ * w };"]],
        },
        {
          name: "the bias's share contains the bias",
          message:
            "You multiplied the bias's share by b. How large the bias *is* does not matter; what matters is how z moves when it is nudged: by the same amount.",
          edits: [["return { w: byZ * x, b: byZ, x: byZ * w };", "return { w: byZ * x, b: byZ * b, x: byZ * w };"]],
        },
      ],
    },
    {
      number: "03.3",
      slug: "backpropagation/two-paths",
      title: "Two paths add up",
      why: "This is why gradients are added with += and never assigned with =, in every framework there is.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["twoPathGradient"],
      hints: [
        "Draw the graph. How many ways lead from a to L?",
        "∂L/∂u is v and ∂L/∂v is u. The path from a through u contributes ∂L/∂u · b, the path through v contributes ∂L/∂v · 1. Add the two.",
        "`a: v * b + u`, `b: v * …`, `c: …`",
      ],
      checks: [
        {
          title: "the shares of a, b and c",
          call: "twoPathGradient",
          inputs: (random) => [0, 1].map(() => [random.uniform(2, 3), random.uniform(3.5, 4.5), random.uniform(5, 6)]),
        },
        {
          title: "also with negative numbers",
          call: "twoPathGradient",
          inputs: (random) => [[-random.uniform(1.5, 2), random.uniform(2.5, 3), -random.uniform(0.5, 1)]],
        },
      ],
      mistakes: [
        {
          name: "only the path through u",
          message:
            "Your share of a counts the path through u = a·b only. a also stands in v = a + c: nudge a, and both u and v move. Add what comes along the second path.",
          edits: [["a: byU * b + byV,", "a: byU * b,"]],
        },
        {
          name: "only the path through v",
          message:
            "Your share of a counts the path through v = a + c only, as if the later line had replaced the earlier one. That is what `=` does where `+=` is meant: the path through u = a·b is lost.",
          edits: [["a: byU * b + byV,", "a: byV,"]],
        },
        {
          name: "the paths are multiplied",
          message:
            "You multiplied the two paths' shares. Along one path derivatives multiply; where two paths meet, their shares *add*: the nudge of a moves L once through u, and once more through v.",
          edits: [["a: byU * b + byV,", "a: byU * b * byV,"]],
        },
        {
          name: "u and v are not swapped",
          message:
            "You took ∂L/∂u for u and ∂L/∂v for v. L = u·v is a product, so each factor's derivative is the other one.",
          edits: [
            ["const byU = v;", "const byU = u;"],
            ["const byV = u;", "const byV = v;"],
          ],
        },
        {
          name: "the chain stops at u and v",
          message:
            "You added ∂L/∂u and ∂L/∂v, but the chain goes one link further: a reaches u through a multiplication by b. Multiply by that local derivative on the way.",
          edits: [["return { a: byU * b + byV, b: byU * a, c: byV };", "return { a: byU + byV, b: byU, c: byV };"]],
        },
      ],
    },
    {
      number: "03.4",
      slug: "backpropagation/topological-order",
      title: "Parents before children",
      why: "Gradients flow in this order reversed, so that nobody hands on a share before the last one has come in.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["topologicalOrder"],
      hints: [
        "When may a node be written down? When all of its parents already are.",
        "Visit a node: first visit each of its parents, then write the node itself down. Remember in a Set which nodes you have visited, and do not visit one twice.",
        "`const visit = (node: GraphNode) => { if (seen.has(node)) return; seen.add(node); … order.push(node); };`",
      ],
      checks: [
        { title: "a chain", driver: "order", inputs: (random) => [plan(random, chain)] },
        { title: "a tree", driver: "order", inputs: (random) => [plan(random, tree)] },
        {
          title: "nodes that are used more than once stand in it once",
          driver: "order",
          inputs: (random) => [plan(random, sharedLeaf), plan(random, sharedMiddle), plan(random, tangle)],
        },
        { title: "a node alone", driver: "order", inputs: (random) => [plan(random, [[]])] },
        {
          title: "many paths, few nodes",
          driver: "order",
          inputs: (random) => [plan(random, doublings(12))],
        },
      ],
      mistakes: [
        {
          name: "the node before its parents",
          message:
            "You write a node down *before* you visit its parents (pre-order). Then results stand before what they were computed from. Write it down when its parents are done.",
          edits: [
            [
              "    for (const parent of node.parents) visit(parent);\n    order.push(node);",
              "    order.push(node);\n    for (const parent of node.parents) visit(parent);",
            ],
          ],
        },
        {
          name: "in the order of discovery",
          message:
            "You list the nodes in the order in which you discover them, level by level, and turn that around. It works on trees. But when a node is used again further up, its distance from the root does not tell its place: it must stand before *all* that use it.",
          edits: [
            [
              "  visit(root);\n  return order;",
              "  const queue = [root];\n  seen.add(root);\n  for (const node of queue) for (const parent of node.parents) if (!seen.has(parent)) seen.add(parent) && queue.push(parent);\n  return visit && queue.reverse();",
            ],
          ],
        },
        {
          name: "nodes are visited again and again",
          message:
            "The same node stands in your order several times: you do not remember which nodes you have visited. With twelve doublings in a row there are already thousands of visits; each would hand its gradient on anew.",
          edits: [["    if (seen.has(node)) return;\n", ""]],
        },
        {
          name: "children first",
          message:
            "Your order is the right one backwards: the root stands first. The backward pass will walk it from the end; the order itself has the leaves first.",
          edits: [["  visit(root);\n  return order;", "  visit(root);\n  return order.reverse();"]],
        },
        {
          name: "the root is missing",
          message:
            "You collect what the root was computed from, but not the root itself. The backward pass starts there, so it needs a place: the last.",
          edits: [["  visit(root);\n  return order;", "  root.parents.forEach(visit);\n  return order;"]],
        },
        {
          name: "only the first parent is followed",
          message:
            "You follow only the first parent of each node: whole branches of the graph are missing. A product has two parents; both must be visited.",
          edits: [
            [
              "for (const parent of node.parents) visit(parent);",
              "for (const parent of node.parents.slice(0, 1)) visit(parent);",
            ],
          ],
        },
      ],
    },
    {
      number: "03.5",
      slug: "backpropagation/backward",
      title: "The backward pass",
      why: "Ten lines that train every network in this course.",
      difficulty: 2,
      minutes: 15,
      points: 3,
      exports: ["backward"],
      hints: [
        "Three parts: clean up, seed the result, walk back. Which grad is known before anything is computed?",
        "Set every grad to 0. Set the last node's grad to 1. Then go through the order from its end; for each node and each of its parents add grad · derivatives[k] to the parent's grad.",
        "`for (let i = order.length - 1; i >= 0; i--) { const node = order[i]!; node.parents.forEach((parent, k) => { parent.grad … }); }`",
      ],
      checks: [
        {
          title: "along a chain the local derivatives multiply",
          driver: "gradients",
          inputs: (random) => [{ plan: plan(random, chain), times: 1 }],
        },
        {
          title: "both parents of an operation get their share",
          driver: "gradients",
          inputs: (random) => [{ plan: plan(random, tree), times: 1 }],
        },
        {
          title: "shares from several places add up",
          driver: "gradients",
          inputs: (random) =>
            [sharedLeaf, sharedMiddle, tangle].map((shape) => ({ plan: plan(random, shape), times: 1 })),
        },
        {
          title: "what grad held before is forgotten",
          driver: "gradients",
          inputs: (random) => [{ plan: plan(random, sharedMiddle, random.uniform(0.5, 2)), times: 1 }],
        },
        {
          title: "calling it twice gives the same gradients",
          driver: "gradients",
          inputs: (random) => [{ plan: plan(random, tangle), times: 2 }],
        },
      ],
      mistakes: [
        {
          name: "= instead of +=",
          message:
            "When a node is used in two places, the second share replaces the first. Shares along different paths add up: `+=`. On a chain you would never notice.",
          edits: [
            [
              "node.parents[k]!.grad += node.grad * node.derivatives[k]!;",
              "node.parents[k]!.grad = node.grad * node.derivatives[k]!;",
            ],
          ],
        },
        {
          name: "the result's gradient is 0",
          message:
            "All gradients are 0: nobody gave the result its own. It changes by 1 when it changes by 1, so its grad is 1, and everything else is a multiple of that.",
          edits: [["  order[order.length - 1]!.grad = 1;\n", ""]],
        },
        {
          name: "the first node gets the 1",
          message:
            "You gave the 1 to the first node of the order, which is a leaf. The seed belongs to the result, the last one: gradients flow from there.",
          edits: [["order[order.length - 1]!.grad = 1;", "order[0]!.grad = 1;"]],
        },
        {
          name: "forward instead of backward",
          message:
            "You walk the order from its start. At that time no node has received anything yet, so there is nothing to hand on; only the root's own parents get something. Start from the end.",
          edits: [["for (let i = order.length - 1; i >= 0; i--) {", "for (let i = 0; i < order.length; i++) {"]],
        },
        {
          name: "grads are not reset",
          message:
            "Old gradients stay in `grad` and are counted again: the second call gives other numbers than the first. Set every grad to 0 before you start.",
          edits: [["  for (const node of order) node.grad = 0;\n", ""]],
        },
        {
          name: "the chain is cut",
          message:
            "You add the local derivative alone, without the gradient of the node itself. Then each node only knows about its next neighbour, and nothing of the result. Chain rule: grad *times* local derivative.",
          edits: [
            [
              "node.parents[k]!.grad += node.grad * node.derivatives[k]!;",
              "node.parents[k]!.grad += node.derivatives[k]!;",
            ],
          ],
        },
        {
          name: "the data instead of the derivative",
          message:
            "You multiply by the parent's `data`. How much a result moves is the *local derivative*; for x·y by x that happens to be the other factor's data, for a sum it is 1. It is stored for you in `derivatives`.",
          edits: [
            [
              "node.parents[k]!.grad += node.grad * node.derivatives[k]!;",
              "node.parents[k]!.grad += node.grad * node.parents[k]!.data;",
            ],
          ],
        },
        {
          name: "only the first parent gets a share",
          message:
            "Only the first parent of each node gets anything. An operation with two inputs has two local derivatives, and both inputs have a share in the result.",
          edits: [
            [
              "const node = order[i]!;\n    for (let k = 0; k < node.parents.length; k++)",
              "const node = order[i]!;\n    for (let k = 0; k < Math.min(1, node.parents.length); k++)",
            ],
          ],
        },
      ],
    },
    {
      number: "03.6",
      slug: "backpropagation/gradient-check",
      title: "Check a gradient by nudging",
      why: "A wrong gradient still trains, only badly. This check finds it before you lose a week.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["numericGradient", "gradientError"],
      hints: [
        "You need two values of f for every number of `at`: with that number a little larger, and a little smaller.",
        "For each i make a copy of `at` with step added at place i, and one with step taken away. Subtract the two values of f. How far apart are the two points? Divide by that. For the error: the largest of |a − n| / max(1, |n|).",
        "`const moved = (by: number) => f(at.map((x, j) => (j === i ? x + by : x)));` then `(moved(step) - moved(-step)) / …`",
      ],
      checks: [
        {
          title: "the gradient of a function, entry by entry",
          driver: "numeric",
          inputs: (random) =>
            [1, 3].map((n) => ({
              coefficients: numbers(random, n),
              at: numbers(random, n),
              step: random.uniform(0.1, 0.2),
            })),
        },
        {
          title: "the point is left as it was",
          driver: "numeric",
          inputs: (random) => [{ coefficients: numbers(random, 2), at: numbers(random, 2), step: 0.25 }],
        },
        {
          title: "the error: the largest, whatever its sign",
          call: "gradientError",
          inputs: (random) => [
            [
              [0.2, 0.5 + random.uniform(0.2, 0.3), -0.3],
              [0.25, 0.5, -0.35],
            ],
            [
              [0.5 - random.uniform(0.2, 0.3), 0.2, -0.3],
              [0.5, 0.25, -0.35],
            ],
          ],
        },
        {
          title: "large gradients may be off by more",
          call: "gradientError",
          inputs: (random) => [
            [
              [100 + random.uniform(1, 5), 0.2],
              [100, 0.21],
            ],
            [
              [-40 - random.uniform(1, 5), 0.2],
              [-40, 0.21],
            ],
          ],
        },
      ],
      mistakes: [
        {
          name: "a one-sided difference",
          message:
            "You compare f a little up with f in the middle. That works, but its error shrinks only as fast as the step; nudging to both sides cancels the curvature, and the error shrinks with the step *squared*.",
          edits: [["return (moved(step) - moved(-step)) / (2 * step);", "return (moved(step) - moved(0)) / step;"]],
        },
        {
          name: "divided by one step",
          message:
            "Your gradient is twice too large: from one nudged point to the other it is two steps, one up and one down.",
          edits: [["return (moved(step) - moved(-step)) / (2 * step);", "return (moved(step) - moved(-step)) / step;"]],
        },
        {
          name: "not divided at all",
          message:
            "You return how much f changed, not how much *per unit* of nudge. Divide by the distance between the two points.",
          edits: [["return (moved(step) - moved(-step)) / (2 * step);", "return moved(step) - moved(-step);"]],
        },
        {
          name: "all numbers are nudged at once",
          message:
            "You nudge every number of `at` together, so each entry holds the sum of all slopes. One number moves, the others stay: that is what a partial derivative is.",
          edits: [["(j === i ? x + by : x)", "x + by"]],
        },
        {
          name: "the sign of the error",
          message:
            "An error below counts as no error: you left out the absolute value. A gradient that is too small is as wrong as one that is too large.",
          edits: [["Math.abs(g - numeric[i]!) /", "(g - numeric[i]!) /"]],
        },
        {
          name: "the sum of all errors",
          message:
            "You add the errors up. Then a long gradient looks wrong when every entry is fine. Report the worst entry: the largest error.",
          edits: [
            [
              "return Math.max(...analytic.map((g, i) => Math.abs(g - numeric[i]!) / Math.max(1, Math.abs(numeric[i]!))));",
              "return analytic.reduce((sum, g, i) => sum + Math.abs(g - numeric[i]!) / Math.max(1, Math.abs(numeric[i]!)), 0);",
            ],
          ],
        },
        {
          name: "the error is not relative",
          message:
            "A gradient of 100 that is off by 1 counts as off by 1. Rounding alone is larger on large numbers: divide by |numeric| where that is more than 1.",
          edits: [["/ Math.max(1, Math.abs(numeric[i]!))", "/ 1"]],
        },
        {
          name: "small gradients are divided too",
          message:
            "You divide by |numeric| also where it is below 1. Where the true gradient is nearly 0 the smallest rounding would look like a huge error: divide by 1 there.",
          edits: [["Math.max(1, Math.abs(numeric[i]!))", "Math.abs(numeric[i]!)"]],
        },
      ],
    },
    {
      number: "03.7",
      slug: "backpropagation/repair-the-engine",
      title: "Repair the engine that forgets shared nodes",
      why: "The bug is real: it has been in published engines, and every test on chains and trees passed.",
      difficulty: 3,
      minutes: 25,
      points: 3,
      exports: ["patientBackward"],
      hints: [
        "On b = a + a, c = b + b: how often does `b` hand its gradient on, and what does it hand on the second time?",
        "First walk over all nodes below the root, each once, and count for each node how many shares it will get: one for each place where it stands among somebody's parents. Then start with the root as the only ready node. A ready node gives each parent its share and lowers that parent's count by one; a parent whose count reaches 0 becomes ready.",
        "Counting: `for (const node of found) for (const parent of node.parents) { awaited.set(parent, (awaited.get(parent) ?? 0) + 1); found.add(parent); }` with `found` a Set that starts as `[root]`: a loop over a Set also visits what is added on the way.",
      ],
      checks: [
        {
          title: "chains and trees, where haste did no harm",
          driver: "patient",
          inputs: (random) => [plan(random, chain), plan(random, tree)],
        },
        {
          title: "a leaf that is used three times",
          driver: "patient",
          inputs: (random) => [plan(random, sharedLeaf)],
        },
        {
          title: "shared nodes in the middle: r = m·n with n = m + c",
          driver: "patient",
          inputs: (random) => [plan(random, sharedMiddle), plan(random, tangle)],
        },
        {
          title: "y·y takes two shares of y, and a third one comes later",
          driver: "patient",
          inputs: (random) => squares.map((shape) => plan(random, shape)),
        },
        {
          title: "twelve doublings in a row: every arrow is followed once",
          driver: "patient",
          inputs: (random) => [plan(random, doublings(12))],
        },
      ],
      mistakes: [
        {
          name: "as hasty as before",
          message:
            "A node that gets a second share hands on everything it has *again*, the first share included: it is counted twice. That is the bug of the hasty engine. Wait until the last share has come in.",
          edits: [["      if (left === 0) ready.push(parent);", "      ready.push(parent);"]],
        },
        {
          name: "each path on its own",
          message:
            "Your gradients are right, but you walk every *path* from the root on its own. Twelve doublings have 4,096 paths, forty have a million million. Each node should hand on once, for all of its paths together.",
          edits: [
            [
              "  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {",
              "  root.grad = 0;\n  const walk = (node: GraphNode, share: number) => {\n    node.grad += share;\n    const { derivatives } = node;\n    node.parents.forEach((parent, k) => walk(parent, share * derivatives[k]!));\n  };\n  walk(ready.pop()!, 1);\n  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {",
            ],
          ],
        },
        {
          name: "ready after the first share",
          message:
            "A node hands on as soon as its *first* share has come in, and what comes later never leaves it. Count how many shares each node will get, and wait for the last.",
          edits: [
            [
              "      if (left === 0) ready.push(parent);",
              "      if (left === awaitedAtFirst(parent)) ready.push(parent);",
            ],
            [
              "  root.grad = 1;\n  const ready",
              "  const total = new Map(awaited);\n  const awaitedAtFirst = (node: GraphNode) => total.get(node)! - 1;\n  root.grad = 1;\n  const ready",
            ],
          ],
        },
        {
          name: "= instead of +=",
          message:
            "The second share of a node replaces the first. You wait for all of them, which is right, but then they must be *added*.",
          edits: [
            ["parent.grad += node.grad * node.derivatives[k]!;", "parent.grad = node.grad * node.derivatives[k]!;"],
          ],
        },
        {
          name: "the root has no gradient",
          message: "All gradients are 0: the root's own is still missing. It is 1, and everything else flows from it.",
          edits: [["  root.grad = 1;\n  const ready", "  const ready"]],
        },
        {
          name: "x·x is counted as one share",
          message:
            "In x·x the node x stands twice among the parents and gets two shares, but you count it once for each *child*. Then it seems complete one share too early. Count places, not children.",
          edits: [
            [
              "    for (const parent of node.parents) {\n      awaited.set",
              "    for (const parent of new Set(node.parents)) {\n      awaited.set",
            ],
          ],
        },
      ],
    },
    {
      number: "03.8",
      slug: "backpropagation/softplus",
      title: "An operation of your own",
      why: "This is how every operation gets into every framework: a value, and its local derivative. The engine does the rest.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["softplus"],
      hints: [
        "An operation needs to say three things: its number, which values it was computed from, and how fast it grows with each of them.",
        "The number is max(x, 0) + log(1 + e^(−|x|)), with x.data for x. The local derivative is the sigmoid of x.data. The only parent is x.",
        "`const data = Math.max(x.data, 0) + Math.log1p(Math.exp(-Math.abs(x.data)));` and `derivatives: [1 / (1 + Math.exp(-x.data))]`",
      ],
      checks: [
        {
          title: "its value and its derivative",
          driver: "softplusAt",
          inputs: (random) => [0, random.uniform(0.5, 2), -random.uniform(0.5, 2)],
        },
        {
          title: "gradients flow through it to what lies below",
          driver: "softplus",
          inputs: (random) => [{ w: random.uniform(0.5, 1), x: random.uniform(1.5, 2.5) }],
        },
        {
          title: "no overflow at ±1000",
          driver: "softplusAt",
          inputs: () => [1000, -1000],
        },
      ],
      mistakes: [
        {
          name: "overflow",
          message:
            "For large x your value is Infinity: e^1000 is larger than any number of the computer. Use the second form, max(x, 0) + log(1 + e^(−|x|)): its exponent is never positive.",
          edits: [
            [
              "const data = Math.max(x.data, 0) + Math.log1p(Math.exp(-Math.abs(x.data)));",
              "const data = Math.log(1 + Math.exp(x.data));",
            ],
          ],
        },
        {
          name: "the derivative of its value",
          message:
            "You took the sigmoid of the *result*. The local derivative is the sigmoid of the input x: how steep softplus is where x stands.",
          edits: [["const derivative = 1 / (1 + Math.exp(-x.data));", "const derivative = 1 / (1 + Math.exp(-data));"]],
        },
        {
          name: "one derivative too far",
          message:
            "Your local derivative is σ(1 − σ), which is the derivative of the *sigmoid*. The sigmoid is already the derivative of softplus; you differentiated twice.",
          edits: [
            [
              "const derivative = 1 / (1 + Math.exp(-x.data));",
              "const s = 1 / (1 + Math.exp(-x.data));\n  const derivative = s * (1 - s);",
            ],
          ],
        },
        {
          name: "the derivative of a ReLU",
          message:
            "Your local derivative is 0 or 1, as a ReLU's. Softplus is round where the ReLU has its corner: its slope climbs smoothly from 0 to 1, and is ½ at x = 0.",
          edits: [["const derivative = 1 / (1 + Math.exp(-x.data));", "const derivative = x.data > 0 ? 1 : 0;"]],
        },
        {
          name: "no way back",
          message:
            "Your value has no parents: it is a new leaf, and no gradient ever reaches x. Say what it was computed from: `parents: [x]`, with one local derivative for it.",
          edits: [
            [
              'return new Value(data, "", { operation: "softplus", parents: [x], derivatives: [derivative] });',
              'return new Value(data, "", { operation: "softplus", parents: [], derivatives: [derivative].slice(1) });',
            ],
          ],
        },
        {
          name: "the derivative changes sign",
          message:
            "Your local derivative falls where softplus gets steeper: the exponent has the wrong sign. At large x softplus is nearly x, so its slope must be nearly 1.",
          edits: [
            ["const derivative = 1 / (1 + Math.exp(-x.data));", "const derivative = 1 / (1 + Math.exp(x.data));"],
          ],
        },
      ],
    },
  ],
};

export default lesson;
