/**
 * A TypeScript transformer for two places where tslab, which turns the names of earlier cells into `exports.name`,
 * takes a property's name for a variable's or a variable's for a property's:
 *
 *     { rate }                           becomes  { rate: exports.rate }  where `rate` is of an earlier cell
 *     const { x: inputs } = batch();     becomes  const { "x": inputs } = batch();
 *
 * @param {any} ts tslab's TypeScript
 * @param {any} checker
 * @param {string} earlier the file in which tslab keeps the declarations of earlier cells
 */
export function spellOutShorthand(ts, checker, earlier) {
  const { factory } = ts;
  const isEarlier = (/** @type {any} */ node) =>
    checker
      .getShorthandAssignmentValueSymbol(node)
      ?.declarations?.some((/** @type {any} */ declaration) => declaration.getSourceFile().fileName === earlier);

  return (/** @type {any} */ context) => {
    const visit = (/** @type {any} */ node) => {
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isShorthandPropertyAssignment(node) && isEarlier(node)) {
        const { name, objectAssignmentInitializer: initial } = visited;
        const value = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name.text);
        return factory.createPropertyAssignment(name.text, initial ? factory.createAssignment(value, initial) : value);
      }
      if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) {
        const { dotDotDotToken, propertyName, name, initializer } = visited;
        const quoted = factory.createStringLiteral(propertyName.text);
        return factory.updateBindingElement(visited, dotDotDotToken, quoted, name, initializer);
      }
      return visited;
    };
    return (/** @type {any} */ file) => ts.visitNode(file, visit);
  };
}
