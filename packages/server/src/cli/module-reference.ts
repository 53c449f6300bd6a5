import { CliError } from "@flawless-ts/http-service/program";

/** A module's name and version. */
export interface ModuleReference {
  readonly name: string;
  readonly version: string;
}

/**
 * Parses `MODULE:VERSION`.
 *
 * @throws CliError
 */
export function parseModuleReference(text: string): ModuleReference {
  const [, name, version] = /^(.+):([^:]+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) {
    throw new CliError(
      `Expected MODULE:VERSION, such as crawler:0.1.8, but got ${JSON.stringify(text)}.`,
      {
        exitCode: 2,
      },
    );
  }
  return { name, version };
}
