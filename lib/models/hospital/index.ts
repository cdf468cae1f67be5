export * from "./admit";
export * from "./faults";
export * from "./patient";
export * from "./probes";
