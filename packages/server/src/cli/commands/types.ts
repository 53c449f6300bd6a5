import { readFile, writeFile } from "node:fs/promises";
import type { Console } from "@flawless-ts/http-service";
import { inspectModule } from "@flawless-ts/wasm-module";
import type { Command } from "commander";

interface TypesOptions {
  readonly output?: string;
}

/** `flawless types FILE` */
export function addTypes(program: Command, console: Console): void {
  program
    .command("types")
    .description(
      "write a contract for a module that was built elsewhere; one written in TypeScript is its own",
    )
    .argument("<file>", "the .wasm file")
    .option("-o, --output <file>", "where to write it; default: standard output")
    .action(async (file: string, { output }: TypesOptions) => {
      const { contractSource } = await import("@flawless-ts/wasm-module/build");
      const source = contractSource(inspectModule(await readFile(file)));
      if (output === undefined) console.print(source.trimEnd());
      else await writeFile(output, source);
    });
}
