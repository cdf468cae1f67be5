/*
 * Tensors live in blocks of AssemblyScript's own allocator (TLSF: two-level lists of free blocks by size, neighbours
 * joined when freed), 16-byte aligned. Only the main thread allocates.
 *
 * An interrupt that ends an endless loop may also end it in here, with a block half taken out of its list. Such a heap
 * must not be used any more: from the next call on everything traps, and `heapIsBroken` says why.
 */
let inside: bool = false;
let broken: bool = false;

/** At least `bytes`, filled up to whole registers: a kernel may read and write the last one in full. */
export function allocate(bytes: usize): usize {
  enter();
  const pointer = heap.alloc((bytes + 15) & ~15);
  inside = false;
  return pointer;
}

export function free(pointer: usize): void {
  enter();
  heap.free(pointer);
  inside = false;
}

function enter(): void {
  if (inside) broken = true;
  if (broken) unreachable();
  inside = true;
}

export function heapIsBroken(): bool {
  return broken;
}

/** To be called after memory ran out: that trap comes before anything is changed. */
export function allocationFailed(): void {
  if (!broken) inside = false;
}
