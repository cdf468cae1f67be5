import { brief, type ChartOptions, checkLengths, heading, type Numbers, range } from "./chart";
import type { Figure } from "./figure";
import { heatmap } from "./heatmap";

export interface ConfusionMatrixOptions extends ChartOptions {
  /** `counts[t][p]`: how many of class `t` were taken for class `p`. */
  readonly counts: readonly Numbers[];
  /** Default: the classes' numbers. */
  readonly classes?: readonly string[];
}

/** Which class was taken for which. Colour is the share of the true class, so that rare classes show as well. */
export function confusionMatrix(options: ConfusionMatrixOptions): Figure {
  const {
    counts,
    classes = range(counts.length).map(String),
    title,
    height,
    alt = describe(counts, classes, title),
  } = options;
  checkLengths("confusionMatrix", { classes: classes.length, rows: counts.length });
  const rows = counts.map((row) => Array.from(row));
  const totals = rows.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shares = rows.map((row, t) => row.map((count) => (100 * count) / (totals[t]! || 1)));
  return heatmap({
    values: shares,
    rows: classes,
    columns: classes,
    xLabel: "predicted",
    yLabel: "true",
    colorLabel: "% of the true class",
    limits: [0, 100],
    cells: rows.map((row) => row.map((count) => (count === 0 ? "" : String(count)))),
    hover: rows.map((row, t) =>
      row.map((count, p) => `${classes[t]} taken for ${classes[p]}: ${count} (${brief(shares[t]![p]!)} %)`),
    ),
    square: true,
    alt,
    height: height ?? Math.max(300, Math.min(560, 140 + 38 * classes.length)),
    ...(title === undefined ? {} : { title }),
  });
}

function describe(counts: readonly Numbers[], classes: readonly string[], title?: string): string {
  let [total, right, worst] = [0, 0, { count: 0, t: 0, p: 0 }];
  counts.forEach((row, t) => {
    for (let p = 0; p < row.length; p++) {
      const count = row[p]!;
      total += count;
      if (t === p) right += count;
      else if (count > worst.count) worst = { count, t, p };
    }
  });
  const most =
    worst.count > 0 ? `; most often ${classes[worst.t]} was taken for ${classes[worst.p]} (${worst.count})` : "";
  return `${heading(title)}Confusion matrix of ${classes.length} classes: ${right} of ${total} right${most}.`;
}
