/*
 * Looking up rows and adding up rows: an embedding and its gradient.
 */

/** y[i] = x[ids[i]] for rows of `size` bytes; each of `outer` tables of `rows` rows is looked up with the same `n` ids. */
export function gather(x: usize, ids: usize, y: usize, outer: i32, rows: i32, n: i32, size: i32): void {
  for (let o = 0; o < outer; o++) {
    const table = x + <usize>o * <usize>rows * <usize>size;
    for (let i: usize = 0; i < <usize>n; i++) {
      const from = table + <usize>load<i32>(ids + (i << 2)) * <usize>size;
      if (size == 4) store<u32>(y, load<u32>(from));
      else memory.copy(y, from, size);
      y += size;
    }
  }
}

/** y[ids[i]] += x[i] for rows of `width` numbers; y starts at 0, and an id outside `0 … rows - 1` adds nothing. */
export function addRows(x: usize, ids: usize, y: usize, n: i32, width: i32, rows: i32): void {
  memory.fill(y, 0, <usize>(rows * width) << 2);
  const size = <usize>width << 2;
  for (let i: usize = 0; i < <usize>n; i++) {
    const id = load<i32>(ids + (i << 2));
    if (<u32>id < <u32>rows) {
      let to = y + <usize>id * size;
      let left = width;
      let from = x;
      for (; left >= 4; left -= 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        from += 16;
        to += 16;
      }
      for (; left > 0; left--) {
        store<f32>(to, load<f32>(to) + load<f32>(from));
        from += 4;
        to += 4;
      }
    }
    x += size;
  }
}
