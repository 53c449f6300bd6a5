import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The licenses of the libraries in a bundle, which require each copy to contain their text.
 *
 * @param files all files that the bundle was made from.
 */
export function licensesOf(files: readonly string[]): string {
  const folders = files.map((file) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .toSorted()
    .map((folder) => `${titleOf(folder)}\n\n${licenseIn(folder)}`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function titleOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Readonly<Record<"name" | "version" | "license", string>>;
  return `${name} ${version} (${license})`;
}

function licenseIn(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8");
}
