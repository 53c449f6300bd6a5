import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError, messageOf } from "@flawless-ts/http-service/program";
import { neededTarballs, projectManifest } from "./project-manifest.ts";

const template = fileURLToPath(new URL("../../../template/", import.meta.url));

/** A project's files, by their names in the template. npm doesn't pack `.gitignore` and `.npmrc`. */
const files: ReadonlyMap<string, string> = new Map([
  ["src/orders.ts", "src/orders.ts"],
  ["src/activities.ts", "src/activities.ts"],
  ["src/orders.test.ts", "src/orders.test.ts"],
  ["tsconfig.json", "tsconfig.json"],
  ["gitignore", ".gitignore"],
  ["npmrc", ".npmrc"],
]);

/** What a new project's folder may contain: an empty repository. */
const harmless: ReadonlySet<string> = new Set([".git", ".DS_Store"]);
const maxNamesShown = 5;

/**
 * Creates a project: a workflow, an activity, their test, and the scripts to run them.
 *
 * @param directory an absolute path; created if missing
 * @param tarballs the absolute path of the folder with our packages; undefined for the registry
 * @returns the names of the files, relative to the directory
 * @throws CliError if the folder is not empty, can't be written, or lacks packages
 */
export async function writeProject(
  directory: string,
  name: string,
  tarballs: string | undefined,
): Promise<readonly string[]> {
  if (tarballs !== undefined) requireTarballs(tarballs);
  await requireEmpty(directory);
  const readme = await readFile(join(template, "README.md"), "utf8");
  const texts: ReadonlyMap<string, string> = new Map([
    ["package.json", projectManifest(name, { project: directory, tarballs })],
    ["README.md", readme.replace("NAME", name)],
  ]);
  try {
    await makeFolder(directory);
    for (const [from, to] of files) {
      await makeFolder(dirname(join(directory, to)));
      await copyFile(join(template, from), join(directory, to));
    }
    for (const [to, text] of texts) await writeFile(join(directory, to), text);
  } catch (cause) {
    throw new CliError(`Can't write the project to ${directory}: ${messageOf(cause)}.`, { cause });
  }
  return [...files.values(), ...texts.keys()];
}

/** One level at a time: in file systems that don't allow folders, such as /proc, Node's recursive mkdir never ends. */
async function makeFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) {
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

/** A valid npm package name, derived from the folder's name. */
export function projectName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|[._-]+$/g, "");
  return name === "" ? "workflows" : name;
}

async function requireEmpty(directory: string): Promise<void> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new CliError(
      `Can't create a project in ${directory}: ${messageOf(cause)}. Expected an empty or new folder.`,
      { cause },
    );
  });
  const found = names.filter((name) => !harmless.has(name));
  if (found.length === 0) return;
  const shown = found.slice(0, maxNamesShown).join(", ");
  const more = found.length > maxNamesShown ? ` and ${found.length - maxNamesShown} more` : "";
  throw new CliError(
    `${directory} is not empty: it has ${shown}${more}. Expected an empty or new folder; name another one, such as \`flawless init my-workflows\`.`,
  );
}

function requireTarballs(folder: string): void {
  const missing = neededTarballs.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) {
    throw new CliError(
      `${folder} has no ${missing.join(", ")}. Expected the files that \`npm pack\` makes of this version's packages.`,
    );
  }
}
