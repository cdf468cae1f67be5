import * as net from "node:net";

/**
 * The first port from `wanted` on that nobody on this computer listens to.
 * @param {number} wanted @returns {Promise<number>}
 */
export async function freePort(wanted) {
  for (let port = wanted; port < Math.min(wanted + 100, 65536); port++) {
    if ((await isFree(port, "127.0.0.1")) && (await isFree(port, "::1"))) return port;
  }
  return wanted;
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} */
function isFree(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    // Any other error (no IPv6 here, a port that needs rights) is for JupyterLab to meet and to report.
    server.once("error", (error) => resolve(!("code" in error && error.code === "EADDRINUSE")));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
