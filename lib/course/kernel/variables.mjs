/**
 * A cell's `let` and `var` variables, taken out of the list of what it exports.
 *
 * tslab copies every value of a cell into an object that later cells read. A copy is enough for what never changes, but
 * an assignment in a later cell (`rate = 0.01`) would not reach the functions of this one, and each `sum += x` of a loop
 * would also write the copy. So variables are not copied: cells.mjs lets later cells read and write them in their place.
 *
 * @param {any} ts tslab's TypeScript
 * @param {string} code an ES module that ends in `export { … }`, as tslab makes it of a cell
 * @returns {{ code: string, variables: string[], constants: string[] }} the exported names, by kind
 */
export function separateVariables(ts, code) {
  const { statements } = ts.createSourceFile("cell.js", code, ts.ScriptTarget.ES2022);
  const declared = new Set(statements.filter(isVariable).flatMap(namesOf));
  const lists = statements.filter(isExportList);
  /** @type {string[]} */
  const exported = lists.flatMap((/** @type {any} */ list) => elementsOf(list));
  const constants = exported.filter((name) => !declared.has(name));
  for (const list of lists.toReversed()) {
    const rest = elementsOf(list).filter((name) => !declared.has(name));
    code = `${code.slice(0, list.pos)}\nexport { ${rest.join(", ")} };${code.slice(list.end)}`;
  }
  return { code, variables: exported.filter((name) => declared.has(name)), constants };

  /** @param {any} statement */
  function isVariable(statement) {
    return ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const);
  }

  /** @param {any} statement @returns {string[]} */
  function namesOf(statement) {
    return statement.declarationList.declarations.flatMap((/** @type {any} */ { name }) => bound(name));
  }

  /** @param {any} name an identifier, or a pattern of names @returns {string[]} */
  function bound(name) {
    if (ts.isIdentifier(name)) return [name.text];
    return name.elements.flatMap((/** @type {any} */ element) => (element.name ? bound(element.name) : []));
  }

  /** @param {any} statement */
  function isExportList(statement) {
    return ts.isExportDeclaration(statement) && statement.exportClause && !statement.moduleSpecifier;
  }

  /** @param {any} list @returns {string[]} */
  function elementsOf(list) {
    return list.exportClause.elements.map((/** @type {any} */ { name }) => name.text);
  }
}
