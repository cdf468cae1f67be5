import { brief } from "./chart";

export interface Progress {
  readonly step: number;
  /** How many steps there will be, if known. */
  readonly steps?: number | undefined;
  readonly seconds: number;
  /** Steps done before the clock was started: a resumed training. */
  readonly startedAt?: number;
  /** The newest numbers, by name. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** One line: share done, step, rate, time left, memory, newest numbers. */
export function progressText({ step, steps, seconds, startedAt = 0, numbers = {} }: Progress): string {
  const rate = seconds > 0.5 ? (step - startedAt) / seconds : 0; // earlier it says more of the start than of the steps
  const left = steps !== undefined && rate > 0 ? (steps - step) / rate : undefined;
  return [
    steps === undefined
      ? `step ${count(step)}`
      : `${Math.floor((100 * step) / steps)} % · step ${count(step)} of ${count(steps)}`,
    rate > 0 ? `${brief(rate)} steps/s` : "",
    left !== undefined && left > 0 ? `${duration(left)} left` : "",
    `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`,
    ...Object.entries(numbers).map(([name, value]) => `${name} ${brief(value)}`),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

/** The line after the end: how many steps in which time. */
export function summaryText({ step, seconds, startedAt = 0, numbers = {} }: Progress): string {
  const rate = seconds > 0 ? ` (${brief((step - startedAt) / seconds)} steps/s)` : "";
  const last = Object.entries(numbers).map(([name, value]) => ` · ${name} ${brief(value)}`);
  return `${count(step)} steps in ${duration(seconds)}${rate}${last.join("")}`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const count = (value: number) => value.toLocaleString("en-US");
