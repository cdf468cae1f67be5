import { crc32, deflateSync } from "node:zlib";
import type { Numbers } from "./chart";

/**
 * A greyscale image as a PNG in a data URI (W3C PNG specification, 3rd edition: header, one compressed block, end).
 * `low` is black and `high` white; each pixel becomes `zoom` by `zoom`, because viewers blur what they enlarge.
 */
export function greyPng(pixels: Numbers, width: number, { low = 0, high = 1, zoom = 1 } = {}): string {
  const height = pixels.length / width;
  if (!Number.isInteger(height))
    throw new Error(`greyPng: expected rows of ${width} pixels, got ${pixels.length} pixels`);
  const line = width * zoom + 1; // each line starts with its filter: 0, none
  const raw = new Uint8Array(line * height * zoom);
  for (let y = 0; y < height * zoom; y++)
    for (let x = 0; x < width * zoom; x++) {
      const value = pixels[Math.floor(y / zoom) * width + Math.floor(x / zoom)]!;
      raw[y * line + 1 + x] = Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low || 1))));
    }
  const header = Buffer.alloc(13); // width, height, 8 bits, grey, then three zeros
  header.writeUInt32BE(width * zoom, 0);
  header.writeUInt32BE(height * zoom, 4);
  header[8] = 8;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const blocks = [block("IHDR", header), block("IDAT", deflateSync(raw, { level: 9 })), block("IEND", Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat([signature, ...blocks]).toString("base64")}`;
}

/** Length, name, data, checksum of name and data. */
function block(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "ascii"), data]);
  const frame = Buffer.alloc(8 + named.length);
  frame.writeUInt32BE(data.length, 0);
  named.copy(frame, 4);
  frame.writeUInt32BE(crc32(named), 4 + named.length);
  return frame;
}
