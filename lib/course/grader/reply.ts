import type { Loaded, Thrown } from "./protocol";
import { decodeValue, ProtocolError, type Value } from "./value";

/* Reads replies of an answer's process. They may be anything: what does not follow the protocol is undefined. */

export type Reply = Readonly<Record<string, unknown>>;

/** What one input gave. `todo`: a stub's line was reached. */
export type CallOutcome = { readonly todo: boolean } & ({ readonly value: Value } | { readonly thrown: Thrown });

/** A line as a reply. */
export function parseReply(line: string): Reply | undefined {
  try {
    const reply: unknown = JSON.parse(line);
    return typeof reply === "object" && reply !== null ? (reply as Reply) : undefined;
  } catch {
    return undefined;
  }
}

/** The reply to `load`. */
export function decodeLoaded({ exports, thrown }: Reply): Loaded | undefined {
  if (isThrown(thrown)) return { thrown };
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((t) => typeof t === "string");
  return Array.isArray(exports) && exports.every(isPair) ? { exports: exports as [string, string][] } : undefined;
}

/** The reply to calls with this many inputs. */
export function decodeOutcomes({ outcomes }: Reply, count: number): CallOutcome[] | undefined {
  if (!Array.isArray(outcomes) || outcomes.length !== count) return undefined;
  try {
    return outcomes.map(decodeOutcome);
  } catch {
    return undefined;
  }
}

function decodeOutcome(outcome: unknown): CallOutcome {
  if (typeof outcome === "object" && outcome !== null && "todo" in outcome && typeof outcome.todo === "boolean") {
    if ("thrown" in outcome && isThrown(outcome.thrown)) return { todo: outcome.todo, thrown: outcome.thrown };
    if ("value" in outcome) return { todo: outcome.todo, value: decodeValue(outcome.value) };
  }
  throw new ProtocolError("an outcome that is none");
}

export function isThrown(value: unknown): value is Thrown {
  if (typeof value !== "object" || value === null) return false;
  const { name, message, stack } = value as Partial<Thrown>;
  return typeof name === "string" && typeof message === "string" && typeof stack === "string";
}
