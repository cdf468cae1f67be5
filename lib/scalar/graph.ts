import { topologicalOrder, type Value } from "./value";

/** A value as a picture needs it. `column` counts from the leaves (0) to the root, `row` from the top of its column. */
export interface GraphNode {
  readonly id: number;
  readonly label: string;
  readonly operation: string;
  readonly data: number;
  readonly grad: number;
  readonly column: number;
  readonly row: number;
  /** Position in a picture of width and height 1, `y` upwards. */
  readonly x: number;
  readonly y: number;
}

/** From a parent to what was computed from it, with the local derivative. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly derivative: number;
}

export interface Graph {
  /** In topological order: parents first, the root last. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The graph below `root` as plain data, laid out in columns so that every arrow points right. */
export function graph(root: Value): Graph {
  const order = topologicalOrder(root);
  const ids = new Map(order.map((value, id) => [value, id]));
  const edges = order.flatMap((value, to) =>
    value.parents.map((parent, k) => ({ from: ids.get(parent)!, to, derivative: value.derivatives[k]! })),
  );
  const columns = columnsOf(order.length, edges);
  const places = withWaypoints(columns, edges);
  const rows = rowsOf(places.columns, places.arrows);
  const width = Math.max(...columns) + 1;
  const heights = Array.from({ length: width }, (_, c) => places.columns.filter((column) => column === c).length);
  const nodes = order.map(({ label, operation, data, grad }, id) => {
    const column = columns[id]!;
    const x = (column + 0.5) / width;
    const y = 1 - (rows[id]! + 0.5) / heights[column]!;
    return { id, label, operation, data, grad, column, row: rows[id]!, x, y };
  });
  return { nodes, edges };
}

/** A node stands one column right of its last parent; a leaf moves right until it stands beside what uses it first. */
function columnsOf(count: number, edges: readonly GraphEdge[]): number[] {
  const columns = new Array<number>(count).fill(0);
  for (const { from, to } of edges) columns[to] = Math.max(columns[to]!, columns[from]! + 1); // edges are sorted by `to`
  const hasParents = new Set(edges.map((edge) => edge.to));
  return columns.map((column, id) => {
    const users = edges.filter((edge) => edge.from === id).map((edge) => columns[edge.to]!);
    return hasParents.has(id) || users.length === 0 ? column : Math.min(...users) - 1;
  });
}

type Arrow = Pick<GraphEdge, "from" | "to">;

/** A long arrow gets a place in every column that it crosses, as if a node stood there, so that none stands in its way. */
function withWaypoints(columns: readonly number[], edges: readonly Arrow[]): { columns: number[]; arrows: Arrow[] } {
  const all = [...columns];
  const arrows: Arrow[] = [];
  for (const { from, to } of edges) {
    let last = from;
    for (let column = columns[from]! + 1; column < columns[to]!; column++) {
      arrows.push({ from: last, to: all.length });
      last = all.push(column) - 1;
    }
    arrows.push({ from: last, to });
  }
  return { columns: all, arrows };
}

/** Each column is sorted by the average row of its neighbours, a few times over: fewer crossings (Sugiyama et al. 1981). */
function rowsOf(columns: readonly number[], edges: readonly Arrow[]): number[] {
  const members = new Map<number, number[]>();
  columns.forEach((column, id) => members.set(column, [...(members.get(column) ?? []), id]));
  const rows = new Array<number>(columns.length).fill(0);
  const place = (ids: readonly number[]) => ids.forEach((id, i) => (rows[id] = i));
  for (const ids of members.values()) place(ids);
  const height = (id: number) => (rows[id]! + 0.5) / members.get(columns[id]!)!.length;
  for (let sweep = 0; sweep < 8; sweep++) {
    const forward = sweep % 2 === 0;
    const order = [...members.keys()].sort((a, b) => (forward ? a - b : b - a));
    for (const column of order) {
      const ids = members.get(column)!;
      const wanted = new Map(ids.map((id) => [id, barycentre(id, forward)]));
      ids.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      place(ids);
    }
  }
  return rows;

  function barycentre(id: number, forward: boolean): number {
    const near = edges.flatMap(({ from, to }) => (forward ? (to === id ? [from] : []) : from === id ? [to] : []));
    return near.length === 0 ? height(id) : near.reduce((sum, other) => sum + height(other), 0) / near.length;
  }
}
