import { readFileSync } from "node:fs";
import { requireFromTslab } from "./from-tslab.mjs";
import { decode, encode } from "./wire.mjs";

/**
 * @typedef {import("./wire.mjs").Message} Message
 * @typedef {import("./wire.mjs").Header} Header
 * @typedef {(type: string, content: object) => void} Reply
 */

/**
 * Opens the kernel's five sockets, on the ports that Jupyter has chosen.
 *
 * @param {string} connectionFile
 * @param {(message: Message, reply: Reply) => void} handle gets what arrives on shell and control
 */
export async function openSockets(connectionFile, handle) {
  const zmq = requireFromTslab("zeromq");
  const connection = JSON.parse(readFileSync(connectionFile, "utf8"));
  const { key } = connection;
  const shell = new zmq.Router();
  const control = new zmq.Router();
  const stdin = new zmq.Router();
  const heartbeat = new zmq.Reply();
  const iopub = new zmq.Publisher();
  /** The last message on its way out, for a socket takes one at a time. */
  let sending = Promise.resolve();

  const bind = (/** @type {any} */ socket, /** @type {number} */ port) =>
    socket.bind(`${connection.transport}://${connection.ip}:${port}`);
  await Promise.all([
    bind(shell, connection.shell_port),
    bind(control, connection.control_port),
    bind(stdin, connection.stdin_port),
    bind(heartbeat, connection.hb_port),
    bind(iopub, connection.iopub_port),
  ]);
  listen(shell);
  listen(control);
  echo();

  return { publish, close };

  /** Tells every client. @param {string} type @param {object} content @param {Header} [parent] */
  function publish(type, content, parent) {
    send(iopub, encode(type, content, { key, parent }));
  }

  async function close() {
    await sending;
    for (const socket of [shell, control, stdin, heartbeat, iopub]) socket.close();
  }

  /** @param {any} socket @param {unknown} frames */
  function send(socket, frames) {
    // A client that has gone cannot be told anything.
    sending = sending.then(() => socket.send(frames)).catch(() => {});
  }

  /** @param {any} socket */
  async function listen(socket) {
    for await (const frames of socket) {
      const message = decode(frames, key);
      if (!message) continue;
      const { identities, header } = message;
      handle(message, (type, content) => send(socket, encode(type, content, { key, parent: header, identities })));
    }
  }

  async function echo() {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  }
}
