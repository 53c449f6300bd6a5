import { CliError, type Console, messageOf } from "@flawless-ts/http-service/program";
import { inspectModule } from "@flawless-ts/wasm-module";
import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import type { Command } from "commander";
import { writeOutput } from "../write-output.ts";

const maxModuleBytes = 2 ** 30;

interface TypesOptions {
  readonly output?: string;
  readonly json?: boolean;
}

/** `flawless types FILE` */
export function addTypes(program: Command, console: Console): void {
  program
    .command("types")
    .description(
      "write a contract for a module built elsewhere: with types if it was written in TypeScript, otherwise with names only",
    )
    .argument("<file>", "the .wasm file")
    .option("-o, --output <file>", "the file to write; default: standard output")
    .option(
      "--json",
      'print the module as {"name", "version", "workflows", "types", "contract"}; "types" are JSON Schemas, or null',
    )
    .action(async (file: string, { output, json }: TypesOptions) => {
      const { contractSource, moduleTypes } = await import("@flawless-ts/module-builder");
      const bytes = await readRegularFile(file, maxModuleBytes).catch((cause: unknown) => {
        throw new CliError(
          `Can't read the module's file ${file}: ${messageOf(cause)}. Is it built, and is the path right?`,
          { cause },
        );
      });
      const module = inspectModule(bytes);
      const types = moduleTypes(bytes);
      const contract = contractSource(module, types);
      if (output !== undefined) await writeOutput(output, contract);
      if (json === true) {
        const { name, version, workflows } = module;
        console.print(JSON.stringify({ name, version, workflows, types: types ?? null, contract }));
      } else if (output === undefined) console.print(contract.trimEnd());
    });
}
