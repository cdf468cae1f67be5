/**
 * The 32-bit FNV-1a hash of a text's UTF-8 bytes (Fowler, Noll and Vo; the algorithm is public domain).
 *
 * Splitting a data set by a hash of each item, instead of by drawing, keeps every item on its side for ever:
 * in another order, on another machine, and when items are added.
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
