/*
 * The lines between the grader and an answer's process. One request at a time; each reply carries the request's id.
 */

export type Request =
  | { readonly id: number; readonly op: "backend"; readonly name: string }
  | { readonly id: number; readonly op: "load"; readonly box: string; readonly code: string }
  | {
      readonly id: number;
      readonly op: "call" | "drive";
      readonly box: string;
      readonly name: string;
      /** A learner's process gets one at a time: it must not see the next before it has answered. */
      readonly inputs: readonly unknown[];
    };

/** A thrown value in words. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** An answer's exports with their types, or what its top level threw. */
export type Loaded = { readonly exports: readonly [name: string, type: string][] } | { readonly thrown: Thrown };

/** What a call gave: `value` is text from `encode`. */
export type Outcome =
  | { readonly todo: boolean; readonly value: string }
  | { readonly todo: boolean; readonly thrown: Thrown };

/*
 * Replies, each with its request's id: `{ id, exports | thrown }` to load, `{ id, outcomes }` to calls, `{ id }` to backend.
 * Beside them `{ id: 0, ready }` at the start, `{ id, tampered }` when the answer has changed what its process leans on,
 * `{ id: -1, fatal }` for an error that nobody caught, and `{ id: -1, idle }` when nothing is left that could answer.
 */
