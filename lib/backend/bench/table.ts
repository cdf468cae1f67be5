import type { Case } from "./cases";
import type { Results } from "./main";

/** One row a case: milliseconds in every column, and how many times as long as PyTorch we take, and tfjs takes. */
export function printTable(chosen: readonly Case[], titles: readonly string[], results: Results, peak: number): void {
  const ratios: [title: string, of: string, by: string][] = [
    ["ours 1 / PyTorch 1", "ours 1", "PyTorch 1"],
    ["ours 2 / PyTorch 2", "ours 2", "PyTorch 2"],
    ["tfjs wasm / ours 2", "tfjs wasm", "ours 2"],
  ];
  const shown = ratios.filter(([, of, by]) => titles.includes(of) && titles.includes(by));
  for (const group of ["matMul", "kernels", "steps", "writing", "reading"] as const) {
    const rows = chosen.filter((one) => one.group === group);
    if (rows.length === 0) continue;
    const withShare = rows.some(({ work }) => work !== undefined) && titles.includes("ours 1");
    const head = [group, ...titles.map((title) => `${title} ms`), ...shown.map(([title]) => title)];
    if (withShare) head.push("GFLOP/s ours 1", "of peak");
    print([
      head,
      ...rows.map(({ name, work }) => {
        const row = results.get(name) ?? new Map<string, number>();
        const cells = [
          ...titles.map((title) => milliseconds(row.get(title))),
          ...shown.map(([, of, by]) => ratio(row.get(of), row.get(by))),
        ];
        const ours = row.get("ours 1");
        if (withShare && work !== undefined && ours !== undefined) {
          const rate = work / ours / 1e6;
          cells.push(rate.toFixed(1), `${((100 * rate) / peak).toFixed(0)} %`);
        }
        return [name, ...cells];
      }),
    ]);
  }
}

/** Time per unit of arithmetic, relative to the largest model measured: a flat line is perfect scaling. */
export function printGrowth(chosen: readonly Case[], titles: readonly string[], results: Results): void {
  const rows = chosen.filter(({ group }) => group === "growth");
  const columns = titles.filter((title) => rows.some(({ name }) => results.get(name)?.has(title)));
  if (rows.length === 0 || columns.length === 0) return;
  console.log(
    "growth: nanoseconds per 1000 additions and multiplications; equal numbers mean time grows as the work does",
  );
  const cost = (one: Case, title: string) => {
    const time = results.get(one.name)?.get(title);
    return time === undefined ? undefined : (time / one.work!) * 1e9;
  };
  const bar = columns.includes("ours 2") ? "ours 2" : columns[0]!;
  const most = Math.max(...rows.map((one) => cost(one, bar) ?? 0));
  print([
    ["GPT step", "GFLOP", ...columns, bar],
    ...rows.map((one) => [
      one.name.replace(" (growth)", ""),
      (one.work! / 1e9).toFixed(2),
      ...columns.map((title) => cost(one, title)?.toFixed(1) ?? ""),
      "▇".repeat(Math.round((30 * (cost(one, bar) ?? 0)) / most)),
    ]),
  ]);
}

const milliseconds = (time: number | undefined): string =>
  time === undefined ? "" : time.toFixed(time < 1 ? 3 : time < 100 ? 2 : 0);

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? "" : `${(a / b).toFixed(2)} ×`;

/** Columns as wide as they must be; the first one to the left, numbers to the right. */
function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i === 0 || cell.startsWith("▇") ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
    );
    console.log(cells.join("  ").trimEnd());
  }
  console.log("");
}
