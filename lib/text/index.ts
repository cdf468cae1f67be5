export * from "./byte-pair";
export * from "./characters";
export * from "./ngram";
export * from "./tokenizer";
export * from "./unigram";
export * from "./vocabulary";
export * from "./wordpiece";
export * from "./words";
