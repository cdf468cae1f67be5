/** One output in several forms, by mime type; a viewer shows the richest one that it knows. */
export interface MimeBundle {
  readonly [mime: string]: unknown;
}

export interface DisplayOptions {
  /** Names the output, so that a later call can change it. */
  readonly id?: string;
  /** Replaces the output that was shown under `id`, wherever it is, and adds none. */
  readonly update?: boolean;
}

/** Where the notebook's kernel puts the function that sends a bundle to the page. */
const hook = Symbol.for("course.display");

/**
 * Shows a bundle as an output of the running cell: `display({ "text/html": "<b>a</b>", "text/plain": "a" })`.
 *
 * Outside a notebook it prints the bundle's `text/plain`, so that lesson code also runs in a terminal.
 */
export function display(bundle: MimeBundle, options: DisplayOptions = {}): void {
  if (options.update && options.id === undefined) {
    throw new Error("display: expected the id of the output to update, got none");
  }
  const send = (globalThis as { [hook]?: (bundle: MimeBundle, options: DisplayOptions) => void })[hook];
  if (send) send(bundle, options);
  else if (bundle["text/plain"] !== undefined) console.log(bundle["text/plain"]);
}
