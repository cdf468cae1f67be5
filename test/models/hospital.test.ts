import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { firstNames } from "../../lib/data/names";
import {
  admit,
  type CaseFile,
  type Fault,
  faults,
  findings,
  illnesses,
  leftPadded,
  Patient,
  patientConfig,
  probes,
} from "../../lib/models/hospital";
import { valueAndGradients } from "../../lib/train/gradients";
import { expectNoLeak } from "../gradient";

const rows = leftPadded(firstNames().train, 11);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const steps = 30;

/** A trained patient is admitted for each test and discharged after it. */
async function withPatient(fault: Fault | undefined, seed: number, look: (file: CaseFile) => void): Promise<void> {
  const file = await admit({ ...patientConfig, fault, seed }, rows, { steps, batchSize: 16 });
  look(file);
  file.patient.dispose();
}

test("there are at least twelve illnesses, each with a probe that exists", () => {
  expect(faults.length).toBeGreaterThanOrEqual(12);
  for (const fault of faults) expect(Object.keys(probes)).toContain(illnesses[fault].probe);
});

test("every probe catches an illness of its own", () => {
  const used = new Set(Object.values(illnesses).map(({ probe }) => probe as string));
  expect(Object.keys(probes).filter((name) => !used.has(name))).toEqual([]);
});

describe("the loss falls, and the probe finds it", () => {
  test.each([3, 8])("but the healthy control learns, and no probe finds anything (seed %i)", async (seed) => {
    await withPatient(undefined, seed, (file) => {
      expect(mean(file.losses.slice(-4))).toBeLessThan(mean(file.losses.slice(0, 4)) - 0.3);
      expect(findings(file)).toEqual([]);
    });
  });

  test.each(faults)("%s", async (fault) => {
    await withPatient(fault, 3, (file) => {
      expect(mean(file.losses.slice(-4))).toBeLessThan(mean(file.losses.slice(0, 4)) - 0.3);
      expect(findings(file)).toContain(illnesses[fault].probe);
    });
  });
});

test("examining changes nothing and leaves no tensor behind", async () => {
  const file = await admit({ ...patientConfig, seed: 1 }, rows, { steps: 3, batchSize: 4 });
  const weights = () => [...file.patient.parameters().values()].map((p) => Array.from(p.dataSync()));
  const before = weights();
  expectNoLeak(() => findings(file));
  expect(weights()).toEqual(before);
  file.patient.dispose();
});

test("admitting leaves the patient's parameters behind, and nothing else", async () => {
  const before = tf.memory().numTensors;
  const file = await admit({ ...patientConfig, seed: 1 }, rows, { steps: 3, batchSize: 4 });
  file.patient.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("the healthy patient's gradient reaches every parameter", () => {
  const patient = new Patient({ ...patientConfig, seed: 2 });
  tf.tidy(() => {
    const ids = tf.tensor2d(rows.slice(0, 5).flat(), [5, 11], "int32");
    const { gradients } = valueAndGradients(() => patient.loss(ids), patient.parameters());
    for (const [path, gradient] of gradients) {
      if (!path.endsWith("key.bias")) expect(gradient.abs().max().dataSync()[0], path).toBeGreaterThan(1e-7);
    }
  });
  patient.dispose();
});

test("errors say what was expected", async () => {
  const patient = new Patient({ ...patientConfig, seed: 2 });
  expect(() => tf.tidy(() => patient.forward(tf.ones([1, 17], "int32")))).toThrow(
    "Patient: expected at most 16 tokens, got 17",
  );
  patient.dispose();
  const padded = rows.filter((row) => row[0] === 0);
  const before = tf.memory().numTensors;
  await expect(admit({ ...patientConfig, seed: 2 }, padded, { steps: 1 })).rejects.toThrow(
    "admit: expected at least one row without padding, got none",
  );
  expect(tf.memory().numTensors).toBe(before);
});
