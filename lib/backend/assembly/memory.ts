/*
 * Tensors live in blocks of AssemblyScript's own allocator (TLSF: two-level lists of free blocks by size, neighbours
 * joined when freed), 16-byte aligned. Only the main thread allocates.
 */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function free(pointer: usize): void {
  heap.free(pointer);
}
