import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

/** Bundles the workflows ahead of time, as Temporal recommends for production, so that workers start faster. */
const [target = ""] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL("temporal-workflows.ts", import.meta.url)),
  logger: new DefaultLogger("WARN"),
});
writeFileSync(target, code);
