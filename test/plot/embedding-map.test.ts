import { expect, test } from "vitest";
import { embeddingMap } from "../../lib/plot/embedding-map";

const map = {
  title: "Animals",
  names: ["cat", "dog", "<cow>", "car"],
  points: [[0, 0], [5, 5], [1, 0], [0, 1]], // biome-ignore format: four points
  vectors: [[1, 0], [3, 1], [1, 1], [0, 2]], // biome-ignore format: four vectors
} as const;

test("who is near is measured among the vectors, by their angle, not on the map", () => {
  const { points, label, start } = embeddingMap({ ...map, neighbours: 2, start: "cat" }).search!;
  expect([label, start]).toEqual(["word", 0]);
  expect(points[0]).toEqual({ name: "cat", x: 0, y: 0, near: [1, 2], text: "dog 0.95, <cow> 0.71" });
  expect(points[3]!.near).toEqual([2, 1]);
});

test("the words say how many there are, and who is near to the first one found", () => {
  expect(embeddingMap({ ...map, label: "animal", neighbours: 2, start: "cat" }).alt).toBe(
    "Animals. Map of 4 animals by their embeddings, with a field to find one. Nearest to cat: dog 0.95 and <cow> 0.71.",
  );
  expect(embeddingMap(map).alt).toBe("Animals. Map of 4 words by their embeddings, with a field to find one.");
});

test("a vector of zeros is near to none", () => {
  const { points } = embeddingMap({ ...map, vectors: [[0, 0], [3, 1], [1, 1], [0, 2]] }).search!; // biome-ignore format: four vectors
  expect(points[0]!.text).toBe("dog 0.00, <cow> 0.00, car 0.00");
});

test("names that cannot be found get a sentence", () => {
  expect(() => embeddingMap({ ...map, names: ["a", "b", "a", "c"] })).toThrow(
    'embeddingMap: expected every word once, got "a" twice',
  );
  expect(() => embeddingMap({ ...map, start: "horse" })).toThrow(
    'embeddingMap: expected the start to be one of the names, got "horse"',
  );
  expect(() => embeddingMap({ ...map, vectors: [[1]] })).toThrow(
    "embeddingMap: expected as many vectors as names (4), got 1",
  );
});
