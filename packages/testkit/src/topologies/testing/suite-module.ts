import { buildModule } from "@flawless-ts/module-builder";

let built: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** The bytes of `suite-workflows.ts` as a module; built once. */
export function suiteModule(): Promise<Uint8Array<ArrayBuffer>> {
  built ??= buildModule({
    entry: new URL("./suite-workflows.ts", import.meta.url),
    types: false,
  }).then(({ wasm }) => wasm);
  return built;
}
