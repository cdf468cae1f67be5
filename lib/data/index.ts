export * from "./fnv";
export * from "./mnist";
export * from "./moby-dick";
export * from "./names";
export * from "./pronunciations";
export * from "./split";
export * from "./toy";
export * from "./wages";
