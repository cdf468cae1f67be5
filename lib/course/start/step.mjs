/**
 * Says what is being done and, when it is done, how long it took: `  npm packages … 38 s`.
 * It goes to stderr: what a command has to say (a table, JSON) stays alone on stdout.
 * @template T
 * @param {string} title @param {() => Promise<T> | T} work @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  process.stderr.write(`  ${title} …`);
  const clock = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r  ${title} … ${seconds()}`), 1000)
    : undefined;
  try {
    const result = await work();
    process.stderr.write(process.stderr.isTTY ? `\r  ${title} … ${seconds()}\n` : ` ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stderr.write(" failed\n");
    throw error;
  } finally {
    clearInterval(clock);
  }
}
