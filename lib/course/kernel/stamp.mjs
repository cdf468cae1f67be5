import { statSync } from "node:fs";

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
