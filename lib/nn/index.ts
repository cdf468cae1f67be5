export * from "./activations";
export * from "./dropout";
export * from "./init";
export * from "./linear";
export * from "./module";
export * from "./shape";
