import { Flawless } from "@flawless-ts/sdk";
import { defineContract, type } from "@flawless-ts/wasm-module";

const conformance = defineContract({
  name: "conformance",
  version: "1.0.0",
  workflows: { add: { input: type<{ a: number; b: number }>(), response: type<number>() } },
});

/** The README's first call, with the caller's server and module. */
export async function firstCall(url: string, path: string): Promise<[string, number]> {
  await using flawless = new Flawless({ url });
  const module = await flawless.deploy(path, { contract: conformance });
  const run = await module.start("add", { a: 2, b: 3 });
  return [run.id, await run.response()];
}
