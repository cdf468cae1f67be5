/**
 * The course's only source of randomness: a seeded generator, so that every run can be repeated.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded from one 32-bit number by splitmix32.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(readonly seed: number) {
    let state = seed >>> 0;
    const splitmix = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.a = splitmix();
    this.b = splitmix();
    this.c = splitmix();
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) >>> 0;
    this.counter = (this.counter + 1) >>> 0;
    this.a = (this.b ^ (this.b >>> 9)) >>> 0;
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** A number in `[low, high)`, with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
    return low + unit * (high - low);
  }

  /** A draw from the normal distribution (Box and Muller 1958). */
  normal(mean = 0, standardDeviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An integer in `[0, limit)`. */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1)
      throw new Error(`Random.integer: expected a limit of at least 1, got ${limit}`);
    return Math.floor(this.uniform(0, limit));
  }

  /** One of the items, all equally likely. */
  choice<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }

  /** The items in a new array and a random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  /** A new generator whose numbers are independent of this one's. */
  split(): Random {
    return new Random(this.bits());
  }
}
