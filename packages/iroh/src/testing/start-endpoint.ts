import { fileURLToPath } from "node:url";
import { CliProcess } from "@flawless-ts/test-helpers";

const main = fileURLToPath(new URL("endpoint-main.ts", import.meta.url));

/** An endpoint in a separate process, because the native library releases a port only when its process ends. */
export function startEndpoint(keyFile: string, ...bind: readonly string[]): CliProcess {
  return new CliProcess(main, [keyFile, ...bind], {
    nodeOptions: ["--conditions=@flawless-ts/source"],
  });
}
