import { CliError, type Console, printable } from "@flawless-ts/http-service/program";
import type {
  BuildError,
  BuildModuleOptions,
  BuildProblem,
  BuiltModule,
} from "@flawless-ts/module-builder";

/** Errors in a module's source, printed on several lines as compilers do. */
export class BuildCliError extends CliError {
  readonly problems: readonly BuildProblem[];
  /** What to watch for a fix: absolute paths of files, some of which may not exist. */
  readonly files: readonly string[];

  constructor(error: BuildError) {
    const [message = "", ...details] = error.message.split("\n");
    super(message, { cause: error, details });
    this.problems = error.problems;
    this.files = error.files;
  }
}

/**
 * Builds a module for a command.
 *
 * @throws BuildCliError
 */
export async function buildForCommand(options: BuildModuleOptions): Promise<BuiltModule> {
  // Only now, so that other commands don't load the bundler.
  const { BuildError, buildModule } = await import("@flawless-ts/module-builder");
  return buildModule(options).catch((error: unknown) => {
    throw BuildError.is(error) ? new BuildCliError(error) : error;
  });
}

/** Prints a build's warnings. */
export function warnOfBuild({ warnings, typesProblem }: BuiltModule, console: Console): void {
  for (const { message, place } of warnings) {
    const at = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
    console.warn(`warning: ${printable(at + message)}`);
  }
  if (typesProblem !== undefined) {
    console.warn(
      `warning: \`flawless types\` will know only the names of its workflows: ${printable(typesProblem)}`,
    );
  }
}
