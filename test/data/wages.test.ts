import { expect, test } from "vitest";
import { wages } from "../../lib/data/wages";

test("534 workers, their wages in dollars", () => {
  const workers = wages();
  expect(workers).toHaveLength(534);
  expect(workers[0]).toEqual({
    education: 8,
    south: 0,
    gender: "female",
    experience: 21,
    union: 1,
    wage: 5.1,
    age: 35,
    race: "hispanic",
    occupation: "other",
    sector: "manufacturing",
    married: 0,
  });
  const mean = workers.reduce((sum, { wage }) => sum + wage, 0) / workers.length;
  expect(mean).toBeCloseTo(9.0241, 4); // Berndt 1991 reports a mean hourly wage of about 9 dollars
  expect(Math.max(...workers.map(({ wage }) => wage))).toBe(44.5);
});

test("experience is age less schooling less six years, but for a handful of workers", () => {
  const odd = wages().filter(({ age, education, experience }) => experience !== age - education - 6);
  expect(odd.length).toBeLessThan(5);
});
