// Publishes all packages to npm whose version is not there yet, and tags them. Without `--publish` it only prints what
// it would publish.

import { parseArgs } from "node:util";
import { publishedPackages } from "./packages/published-packages.ts";
import { run } from "./packages/run.ts";

const { values: options } = parseArgs({
  options: { publish: { type: "boolean", default: false } },
});
if (options.publish) {
  console.log(await run("changeset", ["publish"]));
} else {
  for (const { directory, manifest } of publishedPackages()) {
    const parameters = ["publish", "--dry-run", "--json", `--workspace=${directory}`];
    await run("npm", parameters);
    console.log(`would publish ${manifest.name} ${manifest.version}`);
  }
  console.log("Nothing was published; `npm run release -- --publish` does it.");
}
