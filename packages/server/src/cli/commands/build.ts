import { extname, resolve } from "node:path";
import {
  CliError,
  type Console,
  printable,
  StopSignals,
  warnOf,
} from "@flawless-ts/http-service/program";
import type { BuildError } from "@flawless-ts/module-builder";
import type { Command } from "commander";
import { readDuration } from "../duration.ts";
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
    .option("-o, --output <file>", "where to write the module; default: beside the file, as .wasm")
    .option("--watch", "build again whenever the file, or what it imports, changes")
    .option("--no-types", "leave out what `flawless types` tells of the module")
    .option(
      "--evaluation-timeout <duration>",
      "how long the top level of the files may compute, such as 1m; default: 10s",
    )
    .option("--json", 'tell what was built as {"name", "version", "workflows", "file", "bytes"}')
    .action(async (file: string, options: BuildOptions) => {
      await (options.watch === true ? watch : build)(file, options, console);
    });
}

/** @returns the files that the module was built from */
async function build(
  file: string,
  options: BuildOptions,
  console: Console,
): Promise<readonly string[]> {
  const output = outputOf(file, options);
  const timeout = options.evaluationTimeout;
  // Only now, so that the other commands need not load the bundler.
  const { BuildError, buildModule } = await import("@flawless-ts/module-builder");
  const { name, version, workflows, wasm, files, warnings, typesProblem } = await buildModule({
    entry: file,
    types: options.types,
    ...(timeout === undefined
      ? {}
      : { evaluationTimeoutMs: readDuration(timeout, "--evaluation-timeout") }),
  }).catch((error: unknown) => {
    throw BuildError.is(error) ? new BuildCliError(error) : error;
  });
  await writeOutput(output, wasm);
  console.print(
    options.json === true
      ? JSON.stringify({ name, version, workflows, file: output, bytes: wasm.length })
      : `built ${printable(`${name}:${version}`)} (${workflows.map(printable).join(", ")}) as ${output}, ${wasm.length} bytes`,
  );
  for (const { message, place } of warnings) {
    const at = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
    console.warn(`warning: ${printable(at + message)}`);
  }
  if (typesProblem !== undefined) {
    console.warn(
      `warning: \`flawless types\` will know only the names of its workflows: ${printable(typesProblem)}`,
    );
  }
  return files;
}

/** Shows what is wrong the way compilers do, on several lines. */
class BuildCliError extends CliError {
  /** Absolute paths of the files with the problems. */
  readonly files: readonly string[];

  constructor(error: BuildError) {
    const [message = "", ...details] = error.message.split("\n");
    super(message, { cause: error, details });
    this.files = error.problems.flatMap(({ place }) =>
      place === null ? [] : [resolve(place.file)],
    );
  }
}

async function watch(file: string, options: BuildOptions, console: Console): Promise<void> {
  const { waitForChange } = await import("@flawless-ts/module-builder");
  using signals = new StopSignals();
  const stopped = new AbortController();
  void signals.first.then(() => stopped.abort());
  let files: readonly string[] = [resolve(file)];
  let since: number;
  do {
    since = Date.now();
    try {
      files = await build(file, options, console);
    } catch (error) {
      // What is wrong now may be right after the next change.
      warnOf(error, console);
      if (error instanceof BuildCliError) files = [...new Set([...files, ...error.files])];
    }
  } while (await waitForChange(files, since, stopped.signal));
}

function outputOf(file: string, { output }: BuildOptions): string {
  const extension = extname(file);
  if (extension === ".wasm") {
    throw new CliError(`${file} is a module already; \`flawless build\` takes the .ts file`);
  }
  return output ?? `${file.slice(0, file.length - extension.length)}.wasm`;
}
