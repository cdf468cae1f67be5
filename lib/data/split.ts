import type { Random } from "../random";
import { fnv1a } from "./fnv";

/**
 * Parts and their shares: `{ train: 8, validation: 1, test: 1 }` is eighty, ten and ten per cent.
 * A split by hash wants whole numbers; `{ train: 90, test: 10 }` cuts elsewhere than `{ train: 9, test: 1 }`.
 */
export type Shares<Part extends string> = Readonly<Record<Part, number>>;

/** Splits items by `fnv1a(key) % total share`: where an item goes depends on its own key only. The order stays. */
export function splitByHash<T, Part extends string>(
  items: readonly T[],
  key: (item: T) => string,
  shares: Shares<Part>,
): Record<Part, T[]> {
  const { parts, ends, total } = cumulative("splitByHash", shares);
  if (!Number.isInteger(total)) throw new Error(`splitByHash: expected whole shares, got ${JSON.stringify(shares)}`);
  const split = Object.fromEntries(parts.map((part) => [part, [] as T[]])) as Record<Part, T[]>;
  for (const item of items) {
    const bucket = fnv1a(key(item)) % total;
    split[parts[ends.findIndex((end) => bucket < end)]!].push(item);
  }
  return split;
}

/** Shuffles the items and cuts them into parts whose sizes are the shares, rounded; every item is in exactly one. */
export function splitAtRandom<T, Part extends string>(
  items: readonly T[],
  shares: Shares<Part>,
  random: Random,
): Record<Part, T[]> {
  const { parts, ends, total } = cumulative("splitAtRandom", shares);
  const shuffled = random.shuffle(items);
  const cut = (end: number) => Math.round((items.length * end) / total);
  return Object.fromEntries(
    parts.map((part, i) => [part, shuffled.slice(cut(ends[i - 1] ?? 0), cut(ends[i]!))]),
  ) as Record<Part, T[]>;
}

function cumulative<Part extends string>(where: string, shares: Shares<Part>) {
  const parts = Object.keys(shares) as Part[];
  if (parts.length === 0 || parts.some((part) => !(shares[part] > 0)))
    throw new Error(`${where}: expected shares above 0, got ${JSON.stringify(shares)}`);
  let total = 0;
  const ends = parts.map((part) => {
    total += shares[part];
    return total;
  });
  return { parts, ends, total };
}
