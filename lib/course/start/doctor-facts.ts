/** What only the installed course can say about this computer: printed as JSON for `npm run doctor`. */
import { startBackend } from "../../backend";
import { probeIsolation } from "../grader/isolation";

startBackend().then(({ note, threads }) => {
  console.log(JSON.stringify({ backend: note, threads, isolation: probeIsolation().level }));
});
