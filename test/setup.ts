import * as fc from "fast-check";
import { beforeAll } from "vitest";
import { startBackend } from "../lib/backend";

// The same property tests in every run.
fc.configureGlobal({ seed: 20 });

// Every test file runs on the backend that the lessons run on.
beforeAll(startBackend);
