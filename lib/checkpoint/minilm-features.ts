import { sentimentWords } from "../data/sentiment-words";
import { subjectLines } from "../data/subject-lines";
import { shippedFigures, shippedTensors } from "./shipped";

/** A text's features, and whether it belongs to the class that is looked for. */
export interface LabelledFeatures {
  readonly text: string;
  readonly label: boolean;
  /** MiniLM's vector, of length 1. */
  readonly vector: Float32Array;
}

/** What classifiers reached on the same test mails, each with so many drawn labels: a number for every draw. */
export interface MailRow {
  readonly labels: number;
  readonly tfIdf: readonly number[];
  readonly miniLM: readonly number[];
}

/** One way to teach MiniLM the sentiment of words, and what came of it. */
export interface TuningRow {
  readonly method: "scratch" | "full" | "lora";
  readonly labels: number;
  readonly seed: number;
  readonly steps: number;
  /** On the test words. */
  readonly accuracy: number;
  /** Numbers that learned. */
  readonly trained: number;
  /** How far each part moved: |change| / |before|. Not for a model from scratch. */
  readonly moved?: Readonly<Record<string, number>>;
  /** Share of definitions whose word the model finds by meaning, after the task was learnt. */
  readonly remembered?: number;
}

export interface TuningFigures {
  readonly command: string;
  readonly testWords: number;
  /** As `remembered`, before any of it. */
  readonly rememberedBefore: number;
  readonly rows: readonly TuningRow[];
}

/**
 * The sentiment words and the subject lines as MiniLM sees them, and its results on whole mails: computed once by
 * `npm run train -- minilm-features`, so that the lesson needs no MiniLM. Validation words count as test words.
 */
export function miniLMFeatures(folder?: string) {
  const tensors = shippedTensors("minilm-features", folder);
  const words = sentimentWords();
  const subjects = subjectLines();
  const word = ({ word: text, score }: { word: string; score: number }) => ({ text, label: score > 0, score });
  const subject = ({ text, spam }: { text: string; spam: boolean }) => ({ text, label: spam });
  const { mails } = shippedFigures<{ mails: readonly MailRow[] }>("minilm-features", folder);
  const withVectors = <T extends object>(name: string, train: readonly T[], test: readonly T[]) => {
    const { shape, data } = tensors.get(name) ?? { shape: [0, 0], data: new Float32Array() };
    const [count = 0, size = 0] = shape;
    if (count !== train.length + test.length)
      throw new Error(
        `miniLMFeatures: expected vectors of ${train.length + test.length} ${name}, got ${count}; train them again`,
      );
    const add = (from: number) => (item: T, i: number) => ({
      ...item,
      vector: data.subarray((from + i) * size, (from + i + 1) * size),
    });
    return { train: train.map(add(0)), test: test.map(add(train.length)) };
  };
  return {
    words: withVectors("words", words.train.map(word), [...words.validation, ...words.test].map(word)),
    subjects: withVectors("subjects", subjects.train.map(subject), subjects.test.map(subject)),
    mails,
  };
}

/** What `npm run train -- fine-tuning` measured. */
export function tuningFigures(folder?: string): TuningFigures {
  return shippedFigures("fine-tuning", folder);
}
