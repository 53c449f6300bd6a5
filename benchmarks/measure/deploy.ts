import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";

const moduleFile = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);

/** Deploys the module that has all workflows of the benchmark. */
export async function deployModule(
  url: string,
): Promise<{ readonly name: string; readonly version: string }> {
  await using flawless = new Flawless({ url });
  const { name, version } = await flawless.deploy(moduleFile);
  return { name, version };
}

/** @throws Error where a workflow has failed, though all were answered */
export async function assertNoneFailed(url: string): Promise<void> {
  await using flawless = new Flawless({ url });
  const { workflows } = await flawless.listWorkflows({ status: "failed", limit: 1 });
  const [failed] = workflows;
  if (failed !== undefined) {
    throw new Error(`workflow ${failed.id} (${failed.workflow}) failed: ${failed.error?.message}`);
  }
}
