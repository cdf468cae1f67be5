import { unzipSync } from "fflate";

const largestFile = 20 << 20;
const largestTotal = 60 << 20;

/** The files of a zip that `wanted` names, by their path inside. Nothing is written; names that climb out are left out. */
export function readZip(bytes: Uint8Array, wanted: (name: string) => boolean): Map<string, Buffer> {
  let total = 0;
  const seen = new Set<string>();
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      const safe = !name.startsWith("/") && !name.includes("\\") && !name.split("/").includes("..");
      if (!safe || !wanted(name) || seen.has(name)) return false;
      seen.add(name);
      total += originalSize;
      if (originalSize > largestFile || total > largestTotal)
        throw new Error(`zip: expected files of at most ${largestFile >> 20} MB, got ${name}`);
      return true;
    },
  });
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}
