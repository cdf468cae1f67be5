/** What stands in the learner's way, in one sentence with its remedy. It is printed as it is, without a stack. */
export class Problem extends Error {
  /** @param {string} sentence @param {string} [details] what the tool itself said, for whoever wants to look closer */
  constructor(sentence, details) {
    super(sentence);
    this.name = "Problem";
    this.details = details;
  }
}

/** What tools print when something outside the course is in the way. The first that matches is the one told. */
const causes = [
  {
    pattern: /ENOSPC|no space left on device|not enough space|disk quota exceeded|EDQUOT/i,
    sentence: "the disk is full. Free some space, then run the command again",
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|certificate|invalid peer cert/i,
    sentence:
      "a secure connection was refused because its certificate is unknown. Behind a company's proxy, point NODE_EXTRA_CA_CERTS, PIP_CERT and SSL_CERT_FILE to its certificate, then run the command again",
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|name resolution|getaddrinfo|network is unreachable|failed to establish a new connection|connection (refused|broken|timed out|reset)|read timed out|proxyerror|dns error|error sending request|failed to fetch|could not connect/i,
    sentence:
      "there is no network (or a proxy stands in the way: set HTTPS_PROXY). Connect, then run the command again; once installed, the course works offline",
  },
  {
    pattern: /\bE(401|403)\b|\b40[137]\b.*(unauthorized|forbidden|proxy)|HTTP error 40[137]/i,
    sentence: "the package server refused access. Look at the server and login in your npm or pip settings",
  },
  {
    pattern: /EROFS|EACCES|EPERM|permission denied|read-only file system|access is denied/i,
    sentence: "a file could not be written. Look who owns the project folder, then run the command again",
  },
  {
    pattern: /no matching distribution|has no usable wheels|no wheels with a matching|only-binary|EBADPLATFORM/i,
    sentence: "a package does not exist for this computer or this Python. Try another Python (set PYTHON to its path)",
  },
];

/**
 * The problem behind a tool's failure.
 * @param {string} what the step: `npm packages`
 * @param {string} output all that the tool printed
 * @param {string} log where that output was kept
 */
export function problemOf(what, output, log) {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  const said = output.trim().split("\n").slice(-12).join("\n");
  return cause
    ? new Problem(`${what}: ${cause.sentence}. (All the output: ${log})`)
    : new Problem(`${what}: the installation failed; the last lines say why. (All the output: ${log})`, said);
}

/**
 * The problem behind a failed write of our own.
 * @param {unknown} error @param {string} folder
 */
export function writeProblem(error, folder) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return new Problem(`${folder}: the disk is full. Free some space.`);
  if (code === "EROFS" || code === "EACCES" || code === "EPERM" || code === "ENOTDIR" || code === "EEXIST") {
    return new Problem(
      `${folder}: expected a folder that can be written, got ${code}. Copy the course to a folder of your own, or change the folder's owner.`,
    );
  }
  return error;
}
