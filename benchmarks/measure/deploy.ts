import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";

/** Deploys a module that contains the benchmark's workflows. */
export async function deployModule(
  url: string,
  fixture: "conformance" | "extensions" = "conformance",
): Promise<{ readonly name: string; readonly version: string }> {
  await using flawless = new Flawless({ url });
  const file = import.meta.resolve(`@flawless-ts/wasm-module/fixtures/${fixture}.wasm`);
  const { name, version } = await flawless.deploy(fileURLToPath(file));
  return { name, version };
}

/** @throws Error if a workflow failed, even if all were answered */
export async function assertNoneFailed(url: string): Promise<void> {
  await using flawless = new Flawless({ url });
  const { workflows } = await flawless.listWorkflows({ status: "failed", limit: 1 });
  const [failed] = workflows;
  if (failed !== undefined) {
    throw new Error(`workflow ${failed.id} (${failed.workflow}) failed: ${failed.error?.message}`);
  }
}
