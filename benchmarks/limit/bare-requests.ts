import { Agent, request } from "undici";
import { serveStretches } from "./stretches.ts";

// The requests of the workflow with ten HTTP requests, sent with just undici.

const requests = 10;
const [url = ""] = process.argv.slice(2);
const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

serveStretches({
  requests: async () => {
    for (let sent = 0; sent < requests; sent += 1) {
      const { body, statusCode } = await request(url, { dispatcher });
      const text = await body.text();
      if (statusCode !== 200 || text !== "ok") {
        throw new Error(`the site answered with ${statusCode} ${text.slice(0, 500)}`);
      }
    }
  },
});
