import * as fs from "node:fs";

/** Writes a text beside its file under the first free name: `01-neuron.ts.old-1`. Returns that name. */
export function keepBeside(file: string, text: string | Buffer): string {
  let number = 1;
  while (fs.existsSync(`${file}.old-${number}`)) number++;
  fs.writeFileSync(`${file}.old-${number}`, text, { flag: "wx" });
  return `${file}.old-${number}`;
}
