import type { Random } from "../random";

/** Points in the plane and the class of each, for lessons 03 and 04: made, not measured, so that every border is known. */
export interface LabelledPoints {
  readonly points: [x: number, y: number][];
  /** `labels[i]` is the class of `points[i]`: 0, 1, ... */
  readonly labels: number[];
}

interface ToyOptions {
  /** Standard deviation of the normal noise added to both coordinates. */
  readonly noise?: number;
}

/** Two half circles of radius 1 that reach into each other. No straight line parts them. */
export function moons(count: number, random: Random, { noise = 0.1 }: ToyOptions = {}): LabelledPoints {
  return scatter("moons", count, 2, noise, random, (label, along) => {
    const angle = Math.PI * along;
    return label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/** A circle of radius 1 around one of radius 0.5. A neuron that sees x² + y² would do; a line does not. */
export function circles(count: number, random: Random, { noise = 0.1 }: ToyOptions = {}): LabelledPoints {
  return scatter("circles", count, 2, noise, random, (label, along) => {
    const angle = 2 * Math.PI * along;
    const radius = label === 0 ? 1 : 0.5;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** `classes` arms that wind `turns` times around the origin, out to radius 1: the hardest border of the three. */
export function spiral(
  count: number,
  random: Random,
  { noise = 0.02, classes = 2, turns = 1 }: ToyOptions & { readonly classes?: number; readonly turns?: number } = {},
): LabelledPoints {
  return scatter("spiral", count, classes, noise, random, (label, along) => {
    const radius = 0.05 + 0.95 * along; // at the origin itself all arms would meet
    const angle = 2 * Math.PI * (turns * along + label / classes);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** `count` points, the classes in turn and in shuffled order, each anywhere `along` its curve, which runs from 0 to 1. */
function scatter(
  where: string,
  count: number,
  classes: number,
  noise: number,
  random: Random,
  curve: (label: number, along: number) => [number, number],
): LabelledPoints {
  if (!Number.isInteger(count) || count < classes)
    throw new Error(`${where}: expected a whole number of at least ${classes} points, got ${count}`);
  if (!(noise >= 0)) throw new Error(`${where}: expected noise of 0 or more, got ${noise}`);
  const labels = random.shuffle(Array.from({ length: count }, (_, i) => i % classes));
  const points = labels.map((label): [number, number] => {
    const [x, y] = curve(label, random.uniform());
    return [x + random.normal(0, noise), y + random.normal(0, noise)];
  });
  return { points, labels };
}
