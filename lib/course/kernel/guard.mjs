/**
 * A TypeScript transformer that lets code stop, once its cell was interrupted, where nothing is half done: where it
 * waits, and at the beginning of a loop's round. `await x` becomes `__resume(await x)`; the body of a `for await` begins
 * with `__resume()`, that of any other loop that calls something with `__step()`. Both are in cells.mjs.
 *
 * A loop that only computes stays as fast as it was: V8 may end it anywhere, because tfjs is not in the middle of it.
 *
 * @param {any} ts tslab's TypeScript
 */
export function guard(ts) {
  const { factory } = ts;
  const call = (/** @type {string} */ name, /** @type {any[]} */ values = []) =>
    factory.createCallExpression(factory.createIdentifier(name), undefined, values);

  /** @param {any} node @returns {boolean} */
  const calls = (node) => isCall(node) || (ts.forEachChild(node, calls) ?? false);
  /** `Math.exp(x)` only computes. @param {any} node */
  const isCall = (node) =>
    ts.isNewExpression(node) || (ts.isCallExpression(node) && node.expression.expression?.escapedText !== "Math");

  return (/** @type {any} */ context) => {
    const visit = (/** @type {any} */ node) => {
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isAwaitExpression(node)) return ts.setTextRange(call("__resume", [visited]), node);
      if (!ts.isIterationStatement(node, false) || !(node.awaitModifier || calls(node))) return visited;
      const check = factory.createExpressionStatement(call(node.awaitModifier ? "__resume" : "__step"));
      const { statement } = visited;
      const body = factory.createBlock([ts.setTextRange(check, node), statement], true);
      return ts.visitEachChild(visited, (/** @type {any} */ child) => (child === statement ? body : child), context);
    };
    return (/** @type {any} */ file) => ts.visitNode(file, visit);
  };
}
