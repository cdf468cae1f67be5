/**
 * A TypeScript transformer that makes code stop where it waits, once its cell was interrupted:
 * `await x` becomes `__resume(await x)`, and a `for await` asks before each round. `__resume` is in cells.mjs.
 *
 * @param {any} ts tslab's TypeScript
 */
export function guardAwaits(ts) {
  const { factory } = ts;
  const resume = (/** @type {any[]} */ values) =>
    factory.createCallExpression(factory.createIdentifier("__resume"), undefined, values);

  return (/** @type {any} */ context) => {
    const visit = (/** @type {any} */ node) => {
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isAwaitExpression(node)) return ts.setTextRange(resume([visited]), node);
      if (ts.isForOfStatement(node) && node.awaitModifier) {
        const body = factory.createBlock([factory.createExpressionStatement(resume([])), visited.statement], true);
        return factory.updateForOfStatement(
          visited,
          visited.awaitModifier,
          visited.initializer,
          visited.expression,
          body,
        );
      }
      return visited;
    };
    return (/** @type {any} */ file) => ts.visitNode(file, visit);
  };
}
