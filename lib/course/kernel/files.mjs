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

/** Stands in for TypeScript's file watchers: `watchFile` and `watchDirectory` are its `ts.sys`'s. */
export function createFiles() {
  /** @type {Map<string, { was: string, tell: Tell }>} */
  const watched = new Map();
  /** @type {Map<string, (file: string) => void>} */
  const directories = new Map();
  /** @type {Set<string>} */
  const edited = new Set();
  /** @type {string[]} */
  let wanted = [];

  return {
    /** Files that have changed since the kernel started. */
    edited,

    /** @param {string} file @param {Tell} tell */
    watchFile(file, tell) {
      if (isPackaged(file)) return { close() {} };
      watched.set(file, { was: stamp(file), tell });
      return { close: () => watched.delete(file) };
    },

    /** @param {string} directory @param {(file: string) => void} tell */
    watchDirectory(directory, tell) {
      directories.set(directory, tell);
      return { close: () => directories.delete(directory) };
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
      for (const file of wanted.filter((file) => existsSync(file))) {
        for (const [directory, tell] of directories) if (file.startsWith(`${directory}/`)) tell(file);
      }
    },

    /** Files that an import has looked for in vain: they may be there when the cell runs again. @param {string[]} files */
    want(files) {
      wanted = files;
    },
  };
}

/** @param {string} file */
export const isPackaged = (file) => file.includes("/node_modules/");
