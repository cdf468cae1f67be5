import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/*
 * Jupyter's messages on the wire, version 5.3 of the protocol (jupyter-client.readthedocs.io/en/stable/messaging.html):
 * frames `[...identities, "<IDS|MSG>", signature, header, parent header, metadata, content, ...buffers]`.
 */

/**
 * @typedef {{ msg_id: string, msg_type: string, session: string, username: string, date: string, version: string }} Header
 * @typedef {{ identities: Buffer[], header: Header, content: any }} Message
 */

const delimiter = Buffer.from("<IDS|MSG>");
const session = randomUUID();

/**
 * @param {Buffer[]} frames @param {string} key
 * @returns {Message | undefined} undefined for what is not a message that was signed with our key
 */
export function decode(frames, key) {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0 || frames.length < at + 6) return undefined;
  const parts = frames.slice(at + 2);
  const expected = Buffer.from(sign(parts, key));
  const got = frames[at + 1] ?? Buffer.alloc(0);
  if (got.length !== expected.length || !timingSafeEqual(got, expected)) return undefined;
  const [header, , , content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
  return { identities: frames.slice(0, at), header, content };
}

/**
 * @param {string} type @param {unknown} content
 * @param {{ key: string, parent?: Header | undefined, identities?: Buffer[] }} envelope
 * @returns {(Buffer | string)[]}
 */
export function encode(type, content, { key, parent, identities = [] }) {
  const date = new Date().toISOString();
  const header = { msg_id: randomUUID(), msg_type: type, session, username: "kernel", date, version: "5.3" };
  const parts = [header, parent ?? {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...identities, delimiter, sign(parts, key), ...parts];
}

/** @param {Buffer[]} parts @param {string} key */
function sign(parts, key) {
  if (key === "") return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
