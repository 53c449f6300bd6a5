import { existsSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { RolldownLog } from "rolldown";

/** How the bundler completes the paths of imports, in its own options. */
export const pathCompletion: {
  readonly extensions: string[];
  readonly extensionAlias: Record<string, string[]>;
} = {
  extensions: [".ts", ".mts", ".js", ".mjs", ".json"],
  extensionAlias: { ".js": [".ts", ".js"], ".mjs": [".mts", ".mjs"] },
};

/**
 * Files any of which may be what the bundler didn't find, as absolute paths. Only these: builds and other programs
 * create files in the same folders, and nobody wants a build for each of them.
 *
 * @param problems what the bundler threw, or warned about
 */
export function missingFiles(problems: readonly unknown[]): string[] {
  const files = problems.flatMap((problem) => {
    const { errors, exporter, id, loc } = problem as Partial<RolldownLog> & {
      readonly errors?: readonly unknown[];
    };
    if (errors !== undefined) return missingFiles(errors);
    const importer = loc?.file ?? id;
    if (exporter === undefined || importer === undefined || importer.startsWith("\0")) return [];
    const from = dirname(importer);
    return isPath(exporter) ? namedBy(resolve(from, exporter)) : installedAs(exporter, from);
  });
  return [...new Set(files)];
}

/** Whether an import names a file, not a package. */
export function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier);
}

/** The package that an import names; undefined if it can't be one's name. */
export function packageName(specifier: string): string | undefined {
  return /^(?:@[a-z0-9~._-]+\/)?[a-z0-9_-][a-z0-9~._-]*/i.exec(specifier)?.[0];
}

function namedBy(path: string): string[] {
  const { extensions, extensionAlias } = pathCompletion;
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return [
    path,
    ...(extensionAlias[extension] ?? []).map((other) => stem + other),
    ...extensions.map((other) => path + other),
    join(path, "package.json"),
    ...extensions.map((other) => join(path, `index${other}`)),
  ];
}

/** Where npm would install it, in the package and in the workspaces' root, and what may give the name another meaning. */
function installedAs(specifier: string, from: string): string[] {
  const name = packageName(specifier);
  return packageFolders(from).flatMap((folder) => [
    ...(name === undefined ? [] : [join(folder, "node_modules", name, "package.json")]),
    join(folder, "package.json"),
    join(folder, "tsconfig.json"),
  ]);
}

/** The folders with a package.json above a file. */
function packageFolders(from: string): readonly string[] {
  const above: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    above.push(folder);
    if (dirname(folder) === folder) break;
  }
  const packages = above.filter((folder) => existsSync(join(folder, "package.json")));
  return packages.length === 0 ? [from] : packages;
}
