import { MultiBar } from "cli-progress";
import type { Evaluation, TrainCallbacks } from "./train";

/** Callbacks that show training in a terminal; `stop` ends the display, also when training was cut short. */
export interface Progress extends TrainCallbacks {
  stop(): void;
}

/** A bar that moves in place, with evaluations printed above it; plain lines where the output is no terminal. */
export function terminalProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  return out.isTTY ? barProgress(out) : lineProgress((line) => out.write(`${line}\n`));
}

/** One line for every twentieth of the training and one for every evaluation: for log files. */
export function lineProgress(write: (line: string) => void): Progress {
  const smooth = smoothed();
  let started: number | undefined;
  return {
    onStep({ step, steps, loss, learningRate }) {
      started ??= performance.now();
      const shown = smooth(loss);
      if (Math.floor((20 * step) / steps) === Math.floor((20 * (step - 1)) / steps)) return;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      write(`step ${step}/${steps}  loss ${shown}  learning rate ${learningRate.toPrecision(3)}  ${seconds} s`);
    },
    onEvaluate: (evaluation) => write(evaluationLine(evaluation)),
    stop() {},
  };
}

function barProgress(out: NodeJS.WriteStream): Progress {
  const bars = new MultiBar({
    stream: out,
    format: "{bar} {percentage} %  step {value}/{total}  loss {loss}  rate {rate}  {eta_formatted} left",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    etaBuffer: 200,
    linewrap: false,
    gracefulExit: false, // Ctrl-C belongs to whoever runs the training
  });
  const smooth = smoothed();
  let bar: ReturnType<MultiBar["create"]> | undefined;
  return {
    onStep({ step, steps, loss, learningRate }) {
      const payload = { loss: smooth(loss), rate: learningRate.toPrecision(3) };
      bar ??= bars.create(steps, step - 1, payload); // after a resume it starts in the middle
      bar.update(step, payload);
    },
    onEvaluate: (evaluation) => bars.log(`${evaluationLine(evaluation)}\n`),
    stop() {
      if (!bar) return;
      bars.update(); // prints what is still to be logged
      bars.stop();
    },
  };
}

function evaluationLine({ step, metrics }: Evaluation): string {
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  return `after step ${step}: ${values.join(", ")}`;
}

/** A running mean of about the last 50 losses: single batches jump too much to be read. */
function smoothed(): (loss: number) => string {
  let mean = 0;
  let weight = 0;
  return (loss) => {
    mean = 0.98 * mean + 0.02 * loss;
    weight = 0.98 * weight + 0.02;
    return (mean / weight).toPrecision(4);
  };
}
