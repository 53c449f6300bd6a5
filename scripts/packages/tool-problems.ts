import type { Tarball } from "./pack.ts";
import { entriesOf } from "./published-packages.ts";
import { run } from "./run.ts";

/** The problems that publint and attw ("Are the types wrong?") find in a package, one string each. */
export async function toolProblems({ file, manifest }: Tarball): Promise<string[]> {
  const checks = [run("publint", ["run", file, "--strict"])];
  // Modules and package.json have no types, but attw would look for them.
  const paths = entriesOf(manifest).map(({ name }) => name.slice(manifest.name.length + 1) || ".");
  // Packages contain only ES modules, which Node 24 can also `require`.
  const options = ["--profile", "esm-only", "--no-color", "--no-emoji", "--format", "ascii"];
  checks.push(run("attw", [file, ...options, "--entrypoints", ...paths]));
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === "rejected" ? [String((result.reason as Error).message)] : [],
  );
}
