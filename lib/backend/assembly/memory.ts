/*
 * Tensors live in blocks of AssemblyScript's own allocator (TLSF: two-level lists of free blocks by size, neighbours
 * joined when freed), 16-byte aligned. Only the main thread allocates.
 */

/** At least `bytes`, filled up to whole registers: a kernel may read and write the last one in full. */
export function allocate(bytes: usize): usize {
  return heap.alloc((bytes + 15) & ~15);
}

export function free(pointer: usize): void {
  heap.free(pointer);
}
