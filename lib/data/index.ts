export * from "./fnv";
export * from "./mnist";
export * from "./names";
export * from "./split";
export * from "./toy";
export * from "./wages";
