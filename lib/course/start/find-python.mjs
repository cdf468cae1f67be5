import { Problem } from "./problem.mjs";
import { ask } from "./process.mjs";
import { needs } from "./project.mjs";

/**
 * @typedef {object} Python
 * @property {string} executable
 * @property {[number, number, number]} version
 * @property {boolean} venv whether it can make environments by itself
 */

const probe = `
import importlib.util, json, sys
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))`;

/** @param {[number, number, ...number[]]} version @param {[number, number]} bound */
const isBelow = (version, bound) => version[0] < bound[0] || (version[0] === bound[0] && version[1] < bound[1]);

/** @param {readonly number[]} version */
const dotted = (version) => version.join(".");

/**
 * A Python that the pinned JupyterLab runs on: the one named by `PYTHON`, else the first good one of the usual names.
 * A Python newer than those tried is taken only where there is no other.
 * @param {string | undefined} uv makes environments without Python's own `venv`
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Python}
 */
export function findPython(uv, env = process.env) {
  const names = env["PYTHON"] ? [[env["PYTHON"]]] : usualNames();
  /** @type {Python[]} */
  const found = [];
  for (const name of names) {
    const python = probePython(name, env);
    if (!python) continue;
    if (isGood(python, uv) && !isBelow(needs.newestPythonTried, [python.version[0], python.version[1]])) return python;
    found.push(python);
  }
  const managed =
    uv && !env["PYTHON"] ? ask(uv, ["python", "find", "--no-python-downloads", atLeast()], env) : undefined;
  const fromUv = managed ? probePython([managed], env) : undefined;
  if (fromUv) found.push(fromUv);
  const good = found.find((python) => isGood(python, uv));
  if (good) return good;
  throw pythonProblem(found, env);
}

const atLeast = () => `>=${dotted(needs.python)}`;

/** @param {Python} python @param {string | undefined} uv */
const isGood = (python, uv) => !isBelow(python.version, needs.python) && (python.venv || uv !== undefined);

function usualNames() {
  const [major, oldest] = needs.python;
  const versioned = [];
  for (let minor = needs.newestPythonTried[1]; minor >= oldest; minor--) versioned.push([`python${major}.${minor}`]);
  return [["python3"], ["python"], ...(process.platform === "win32" ? [["py", "-3"]] : []), ...versioned];
}

/** @param {string[]} name @param {NodeJS.ProcessEnv} env @returns {Python | undefined} */
function probePython([command = "", ...args], env) {
  const answer = ask(command, [...args, "-I", "-c", probe], env);
  try {
    return answer ? JSON.parse(answer) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Python[]} found @param {NodeJS.ProcessEnv} env */
function pythonProblem(found, env) {
  const wanted = `Python: expected ${dotted(needs.python)} or newer`;
  const lacksVenv = found.find((python) => !isBelow(python.version, needs.python));
  if (lacksVenv) {
    const { version, executable } = lacksVenv;
    return new Problem(
      `Python ${dotted(version)} (${executable}): expected its module venv with ensurepip, got a Python without it. On Debian and Ubuntu run "sudo apt install python${version[0]}.${version[1]}-venv", elsewhere install Python from python.org or uv, then run the command again.`,
    );
  }
  const install = `Install a newer one (Debian, Ubuntu: "sudo apt install python3 python3-venv"; macOS: "brew install python"; Windows: "winget install Python.Python.3.13") or set PYTHON to its path, then run the command again.`;
  const old = found[0];
  if (old) return new Problem(`${wanted}, got ${dotted(old.version)} (${old.executable}). ${install}`);
  if (env["PYTHON"]) {
    return new Problem(`${wanted}, got nothing from PYTHON=${env["PYTHON"]}. Set PYTHON to a Python, or unset it.`);
  }
  return new Problem(`${wanted}, got none. ${install.replace("a newer one", "one")}`);
}
