const marker = /^\s*\/\/ answer (\d\d\.\d+|[a-z0-9-]+\/[a-z0-9-]+)[ \t]*(?:\r?\n|$)/;

/** The exercise that a notebook cell says it answers, by number or slug: its first line is `// answer 03.2`. */
export function answeredBy(cell: string): string | undefined {
  return marker.exec(cell)?.[1];
}

/** A cell without its marker and the space around it. */
export function withoutMarker(cell: string): string {
  return cell.replace(marker, "").trim();
}
