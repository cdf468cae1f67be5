export * from "./mlp";
