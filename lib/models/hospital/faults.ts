/*
 * What a Transformer can be ill with while its loss still falls. Each illness is caught by one probe, by its name in
 * `probes.ts`; many show in others too.
 */

interface Illness {
  /** What is wrong, in a sentence. */
  readonly about: string;
  /** The probe that catches it. */
  readonly probe: string;
}

export const illnesses = {
  noCausalMask: { about: "every position sees the whole sequence, the answer included", probe: "causality" },
  maskOneTooFar: { about: "every position sees the one after it, which is the answer", probe: "causality" },
  noPositions: { about: "no positions are added: the model reads a bag of tokens", probe: "positions" },
  positionsByColumn: { about: "positions count columns, padding included", probe: "padding shift" },
  paddingVisible: { about: "attention looks at padding", probe: "padding content" },
  paddingInLoss: { about: "guessing padding counts as an answer", probe: "padding in the loss" },
  targetsNotShifted: { about: "the target is the token that is read, not the next one", probe: "target" },
  headUntied: { about: "the output layer is a copy of the embedding, not the embedding", probe: "tied weights" },
  scoresUnscaled: { about: "scores are not divided by the root of the head's size", probe: "score scale" },
  softmaxOverQueries: { about: "the softmax runs over the queries instead of the keys", probe: "weights sum to one" },
  noResidual: { about: "attention replaces the stream instead of adding to it", probe: "residual stream" },
  normOverTime: { about: "norms run over the positions instead of the channels", probe: "norm statistics" },
  dropoutAtEvaluation: { about: "dropout stays on when nobody trains", probe: "noise" },
  dropoutUnscaled: { about: "what dropout keeps is not scaled up", probe: "dropout scale" },
  gradientCut: { about: "no gradient passes to the first block", probe: "gradient flow" },
  positionsNotTrained: { about: "the optimiser does not know the positions", probe: "movement" },
  wrongDerivative: { about: "the activation's derivative is another function's", probe: "gradient check" },
  batchMixed: { about: "the last norm runs over the batch", probe: "batch independence" },
} as const satisfies Record<string, Illness>;

export type Fault = keyof typeof illnesses;

export const faults = Object.keys(illnesses) as Fault[];
