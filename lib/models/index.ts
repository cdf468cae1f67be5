export * from "./bert";
export * from "./generate";
export * from "./gpt";
export * from "./mlp";
export * from "./sampling";
export * from "./search";
export * from "./t5";
export * from "./transformer";
