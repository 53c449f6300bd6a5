import { extname } from "node:path";
import {
  CliError,
  type Console,
  printable,
  StopSignals,
  warnOf,
} from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import { readDuration } from "../duration.ts";
import { buildForCommand, warnOfBuild } from "../module-build.ts";
import { watchBuild } from "../watch-build.ts";
import { writeOutput } from "../write-output.ts";

interface BuildOptions {
  readonly output?: string;
  readonly watch?: boolean;
  readonly types: boolean;
  readonly evaluationTimeout?: string;
  readonly json?: boolean;
}

/** `flawless build FILE` */
export function addBuild(program: Command, console: Console): void {
  program
    .command("build")
    .description(
      "build a module from a TypeScript file whose default export is defineModule({ ... })",
    )
    .argument("<file>", "the .ts file")
    .option("-o, --output <file>", "the module to write; default: next to the file, as .wasm")
    .option("--watch", "rebuild whenever the file or one of its imports changes")
    .option("--no-types", "omit the types that `flawless types` prints")
    .option(
      "--evaluation-timeout <duration>",
      "how long top-level code may run, such as 1m; default: 10s",
    )
    .option("--json", 'print what was built as {"name", "version", "workflows", "file", "bytes"}')
    .action(async (file: string, options: BuildOptions) => {
      await (options.watch === true ? watch : build)(file, options, console);
    });
}

/** @returns the source files of the module */
async function build(
  file: string,
  options: BuildOptions,
  console: Console,
): Promise<readonly string[]> {
  const output = outputOf(file, options);
  const timeout = options.evaluationTimeout;
  const module = await buildForCommand({
    entry: file,
    types: options.types,
    ...(timeout === undefined
      ? {}
      : { evaluationTimeoutMs: readDuration(timeout, "--evaluation-timeout") }),
  });
  const { name, version, workflows, wasm } = module;
  await writeOutput(output, wasm);
  console.print(
    options.json === true
      ? JSON.stringify({ name, version, workflows, file: output, bytes: wasm.length })
      : `built ${printable(`${name}:${version}`)} (${workflows.map(printable).join(", ")}) as ${output}, ${wasm.length} bytes`,
  );
  warnOfBuild(module, console);
  return module.files;
}

async function watch(file: string, options: BuildOptions, console: Console): Promise<void> {
  using signals = new StopSignals();
  const stopped = new AbortController();
  void signals.first.then(() => stopped.abort());
  const failed = (error: unknown): void => warnOf(error, console);
  await watchBuild(file, () => build(file, options, console), failed, stopped.signal);
}

function outputOf(file: string, { output }: BuildOptions): string {
  const extension = extname(file);
  if (extension === ".wasm") {
    throw new CliError(`${file} is a module already; \`flawless build\` takes the .ts file`);
  }
  return output ?? `${file.slice(0, file.length - extension.length)}.wasm`;
}
