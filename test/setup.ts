import * as fc from "fast-check";
import { startBackend } from "../lib/backend";

// The same property tests in every run.
fc.configureGlobal({ seed: 20 });

// Every test file runs on the backend that the lessons run on.
await startBackend();
