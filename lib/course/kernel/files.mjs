import { existsSync, statSync } from "node:fs";

/**
 * Changes whenever the file is saved; empty for a file that is not there. We ask the disk each time a cell runs,
 * because file watchers report late, or never on some network and container file systems.
 *
 * @param {string} file
 */
export function stamp(file) {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.mtimeNs} ${stat.size} ${stat.ino}` : "";
}

/** What TypeScript calls when a file has changed: 0 created, 1 changed, 2 deleted. @typedef {(file: string, kind: number) => void} Tell */

/** Stands in for TypeScript's file watchers. */
export function createFiles() {
  /** @type {Map<string, { was: string, tell: Tell }>} */
  const watched = new Map();
  /** @type {Set<string>} */
  const edited = new Set();
  /** @type {Set<string>} */
  const wanted = new Set();
  let found = false;

  return {
    /** Files that have changed since the kernel started. */
    edited,

    /** @param {string} file @param {Tell} tell */
    watchFile(file, tell) {
      if (isPackaged(file)) return { close() {} };
      watched.set(file, { was: stamp(file), tell });
      return { close: () => watched.delete(file) };
    },

    /** Tells TypeScript what has changed on disk since the last time. */
    refresh() {
      for (const [file, entry] of watched) {
        const now = stamp(file);
        if (now === entry.was) continue;
        const kind = now === "" ? 2 : entry.was === "" ? 0 : 1;
        entry.was = now;
        edited.add(file);
        entry.tell(file, kind);
      }
      found = [...wanted].some((file) => existsSync(file));
      if (found) wanted.clear();
    },

    /** An import has looked for these in vain; they may be there when its cell runs again. @param {string[]} files */
    want(files) {
      for (const file of files) wanted.add(file);
    },

    /** Whether one of those was there at the last look. */
    foundWanted: () => found,
  };
}

/** @param {string} file */
export const isPackaged = (file) => file.includes("/node_modules/");
