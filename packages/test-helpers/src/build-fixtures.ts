import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { FixtureSet } from "./fixture-set.ts";

/** How a script builds a {@link FixtureSet}. */
export interface FixtureBuild<Name extends string> {
  readonly fixtures: FixtureSet<Name>;
  /** The directory in which they are committed. */
  readonly directory: string;
  /** Builds all of them and returns the bytes of each. */
  readonly build: () => Readonly<Record<Name, Uint8Array>>;
  /** The problems of a fixture's bytes, one line each. */
  readonly problemsOf: (bytes: Uint8Array<ArrayBuffer>) => readonly string[];
}

/**
 * The main function of a script that builds fixtures. Options: `--out DIR` writes them there instead of the directory
 * in which they are committed; `--check` builds nothing and checks that the files match the sources in the tree.
 * Problems are written to stderr, and the process fails.
 */
export function buildFixtures<Name extends string>(script: FixtureBuild<Name>): void {
  const { fixtures, build, problemsOf } = script;
  const { values: options } = parseArgs({
    options: { out: { type: "string" }, check: { type: "boolean", default: false } },
  });
  // npm runs scripts in the package's directory, but a path is relative to where the user typed it.
  const directory =
    options.out === undefined
      ? script.directory
      : resolve(process.env["INIT_CWD"] ?? process.cwd(), options.out);
  const fileOf = (name: Name): string => join(directory, `${name}.wasm`);

  if (!options.check) {
    const built = build();
    mkdirSync(directory, { recursive: true });
    for (const name of fixtures.names) {
      // Written, not copied, because a compiler's output is marked executable.
      writeFileSync(fileOf(name), built[name]);
    }
    fixtures.writeRecords(directory);
  }

  const stale = fixtures.stale(directory);
  // A file that is not recorded need not be a module at all, so it is not inspected.
  const problems =
    stale.length > 0
      ? stale
      : fixtures.names.flatMap((name) =>
          problemsOf(new Uint8Array(readFileSync(fileOf(name)))).map(
            (problem) => `${name}: ${problem}`,
          ),
        );
  for (const problem of problems) {
    console.error(problem);
  }
  if (problems.length > 0) {
    process.exitCode = 1;
  } else {
    console.log(`${fixtures.names.join(", ")} in ${directory}: built from the sources in the tree`);
  }
}
