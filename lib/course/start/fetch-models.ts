/* `npm start -- --with-models`: fetches the pre-trained model of lesson 14. */
import { miniLMFolder } from "../../checkpoint/minilm";

async function main(): Promise<void> {
  const started = Date.now();
  let fetched = false;
  await miniLMFolder({
    say: (sentence) => {
      fetched = true;
      console.error(`  ${sentence}`);
    },
  });
  console.error(`  MiniLM-L6: ${fetched ? `fetched in ${((Date.now() - started) / 1000).toFixed(0)} s` : "there"}`);
}

main().catch((error: unknown) => {
  console.error(`  ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
