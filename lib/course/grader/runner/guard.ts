const { ownKeys } = Reflect;
const { getOwnPropertyDescriptor, getOwnPropertyNames, is, prototype: objectPrototype } = Object;
const asText = String;

// Functions that everything in this process leans on. An answer that replaces one has disturbed its own process.
const guarded: [string, object][] = [
  ["Array.prototype", Array.prototype],
  ["Function.prototype", Function.prototype],
  ["Object.prototype", Object.prototype],
  ["String.prototype", String.prototype],
  ["Promise.prototype", Promise.prototype],
  ["Map.prototype", Map.prototype],
  ["JSON", JSON],
];
const originals = guarded.map(([name, object]) => {
  const names = ownKeys(object);
  return { name, object, names, values: names.map((key) => getOwnPropertyDescriptor(object, key)!) };
});

/** What an answer has changed of these, as `Array.prototype.push`, or an empty text. */
export function tampered(): string {
  for (let i = 0; i < originals.length; i++) {
    const { name, object, names, values } = originals[i]!;
    for (let j = 0; j < names.length; j++) {
      const now = getOwnPropertyDescriptor(object, names[j]!);
      const was = values[j]!;
      if (!now || now.get !== was.get || !is(now.value, was.value)) return `${name}.${asText(names[j])}`;
    }
    // Whatever every object would inherit.
    if (object === objectPrototype && ownKeys(object).length !== names.length) {
      const all = getOwnPropertyNames(object);
      return `${name}.${all[all.length - 1] ?? "a symbol"}`;
    }
  }
  return "";
}
