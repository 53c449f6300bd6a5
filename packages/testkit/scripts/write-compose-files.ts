import { mkdirSync, writeFileSync } from "node:fs";
import { exampleComposeFiles } from "../src/topologies/compose/example-plans.ts";

// Writes examples/compose from the plan that clusters are started from.
const directory = new URL("../../../examples/compose/", import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [name, text] of Object.entries(exampleComposeFiles())) {
  writeFileSync(new URL(name, directory), text);
}
