import { axis, brief, type ChartOptions, checkLengths, heading, listed, type Numbers, plain, titled } from "./chart";
import { type Figure, figure, type Stage } from "./figure";
import { blue, grid, ink } from "./ink";

/** How a token may be chosen; the names are those of `lib/models/sampling.ts`. */
export interface NextTokenSettings {
  readonly temperature: number;
  /** Missing: all tokens. */
  readonly topK?: number;
  readonly topP: number;
}

export interface NextTokenFigureOptions extends ChartOptions {
  /** The vocabulary, in the order of the ids. */
  readonly tokens: readonly string[];
  /** The probabilities `[V]` under each setting. */
  readonly distribution: (settings: NextTokenSettings) => Numbers;
  readonly temperatures?: readonly number[];
  /** Infinity: all tokens. */
  readonly topKs?: readonly number[];
  readonly topPs?: readonly number[];
  /** So many tokens have a bar of their own, the likeliest; one more bar is for all others together. Default: 20. */
  readonly shown?: number;
}

/**
 * What may come next, and how temperature, top-k and top-p change it: a bar for each token, a control for each knob. The
 * outlines stay: they are the model's own probabilities, at temperature 1 and with nothing cut off, where it begins.
 */
export function nextTokenFigure(options: NextTokenFigureOptions): Figure {
  const { tokens, distribution, shown = 20, title, height = 380 } = options;
  const { temperatures = [0.25, 0.5, 0.75, 1, 1.5, 2, 4], topKs = [1, 3, 5, 10, 20, Infinity] } = options;
  const { topPs = [0.25, 0.5, 0.75, 0.9, 0.95, 1] } = options;
  const at = (temperature: number, topK: number, topP: number) => {
    const probabilities = distribution({ temperature, ...(topK < tokens.length ? { topK } : {}), topP });
    checkLengths("nextTokenFigure", { tokens: tokens.length, probabilities: probabilities.length });
    return probabilities;
  };
  const own = at(1, Infinity, 1);
  const order = tokens.map((_, token) => token).sort((a, b) => own[b]! - own[a]!);
  const others = tokens.length - shown;
  const names = order.slice(0, shown).map((token) => visible(tokens[token]!));
  if (others > 0) names.push(`${others} others`);
  const heights = (probabilities: Numbers) => {
    const bars = order.slice(0, shown).map((token) => rounded(probabilities[token]!));
    if (others > 0) bars.push(rounded(order.slice(shown).reduce((sum, token) => sum + probabilities[token]!, 0)));
    return bars;
  };
  const stages = temperatures.flatMap((temperature) =>
    topKs.flatMap((topK) =>
      topPs.map((topP): Stage => {
        const probabilities = at(temperature, topK, topP);
        const possible = Array.from(probabilities).filter((p) => p > 0).length;
        const heading = `${possible} ${possible === 1 ? "token" : "tokens"} possible, entropy ${brief(entropy(probabilities))} nats`;
        return {
          name: `temperature ${temperature}, top-k ${kName(topK)}, top-p ${topP}`,
          data: [{ y: heights(probabilities) }],
          layout: { annotations: [{ ...note, text: heading }] },
        };
      }),
    ),
  );
  const start = startOf(temperatures, topKs, topPs);
  return figure({
    data: [
      {
        type: "bar",
        name: "drawn from",
        x: names.map(plain),
        y: stages[start]!.data![0]!["y"],
        marker: { color: blue },
        hovertemplate: "%{x}: %{y:.3f}<extra></extra>",
      },
      {
        type: "bar",
        name: "the model's own",
        x: names.map(plain),
        y: heights(own),
        marker: { color: "rgba(0,0,0,0)", line: { color: ink, width: 1.5 } },
        hovertemplate: "%{x}: %{y:.3f} by the model<extra></extra>",
      },
    ],
    layout: titled(title, {
      barmode: "overlay",
      bargap: 0.25,
      xaxis: { ...axis("next token"), type: "category", showgrid: false },
      yaxis: { ...axis("probability", { range: [0, 1.02] }), gridcolor: grid },
    }),
    alt: options.alt ?? describe(title, names, heights(own)),
    height,
    slider: {
      label: "setting",
      stages,
      start,
      knobs: [
        { label: "temperature", values: temperatures.map(String) },
        { label: "top-k", values: topKs.map(kName) },
        { label: "top-p", values: topPs.map(String) },
      ],
    },
  });
}

const note = { xref: "paper", yref: "paper", x: 0.98, y: 0.98, xanchor: "right", yanchor: "top", showarrow: false };

const kName = (topK: number) => (topK === Infinity ? "all" : String(topK));
const rounded = (p: number) => Number(p.toFixed(4));

/** Spaces and line ends, which no one could read below a bar. */
function visible(token: string): string {
  return token.replace(/ /g, "␣").replace(/\n/g, "⏎");
}

/** The stage at temperature 1 with nothing cut off, where the model is itself. */
function startOf(temperatures: readonly number[], topKs: readonly number[], topPs: readonly number[]): number {
  const places = [temperatures.indexOf(1), topKs.indexOf(Infinity), topPs.indexOf(1)];
  if (places.includes(-1)) {
    throw new Error(
      `nextTokenFigure: expected the temperature 1, topK Infinity and topP 1 among the knobs, got [${temperatures}], [${topKs}] and [${topPs}]`,
    );
  }
  return (places[0]! * topKs.length + places[1]!) * topPs.length + places[2]!;
}

function entropy(probabilities: Numbers): number {
  return Array.from(probabilities).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

function describe(title: string | undefined, names: readonly string[], own: readonly number[]): string {
  const likeliest = names.slice(0, 5).map((name, i) => `${name} ${brief(own[i]!)}`);
  return (
    `${heading(title)}The next token's distribution, as the model gives it: ${listed(likeliest)}; ` +
    "controls for temperature, top-k and top-p reshape it."
  );
}
