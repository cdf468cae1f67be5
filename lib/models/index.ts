export * from "./mlp";
export * from "./search";
export * from "./transformer";
