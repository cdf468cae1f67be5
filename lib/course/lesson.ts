/** What a lesson's notebook uses beside the library: questions, numbers in prose, exercise cards. */
export { check } from "./lesson/check";
export { predict } from "./lesson/predict";
export { fixed, percent, say, whole } from "./lesson/say";
