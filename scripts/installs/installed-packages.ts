import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const repository: string = fileURLToPath(new URL("../../", import.meta.url));

/** A package in `package-lock.json`. Source: "packages" in npm's document on package-lock.json. */
export interface LockedPackage {
  /** For a workspace in `node_modules`: its real directory. */
  readonly resolved?: string;
  readonly link?: boolean;
  /** Whether it may be missing, such as a package for another operating system. */
  readonly optional?: boolean;
  /** Whether it has a script that npm runs on installation. */
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** By directory, relative to the repository. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** The repository's own lock file. */
export function lockedPackages(): LockedPackages {
  const text = readFileSync(join(repository, "package-lock.json"), "utf8");
  return (JSON.parse(text) as { readonly packages: LockedPackages }).packages;
}

/**
 * What `npm install NAME` installs according to the lock file: the package and everything it needs to run. This
 * includes optional dependencies, even those for other operating systems, but not optional peers or development
 * dependencies.
 *
 * @param name a workspace or a dependency of one, such as `@flawless-ts/sdk`
 * @returns the directories, relative to the repository, in order
 * @throws Error if one of them is missing in the lock file
 */
export function installedPackages(name: string, locked: LockedPackages): readonly string[] {
  const found = new Set<string>();
  const waiting = [directoryOf(name, "", locked)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    const manifest = locked[next] ?? {};
    for (const needed of needsOf(manifest)) waiting.push(directoryOf(needed, next, locked));
    for (const wanted of Object.keys(manifest.optionalDependencies ?? {})) {
      // npm omits packages from its lock file that the registry doesn't have, such as builds for systems that nobody
      // uses.
      const directory = findDirectory(wanted, next, locked);
      if (directory !== undefined) waiting.push(directory);
    }
  }
  return [...found].toSorted();
}

/** The name of a package by its directory in `node_modules`, or of a workspace by its own directory. */
export function nameOf(directory: string, locked: LockedPackages): string {
  const prefix = "node_modules/";
  const found = directory.includes(prefix)
    ? directory
    : (Object.keys(locked).find((each) => locked[each]?.resolved === directory) ?? directory);
  return found.slice(found.lastIndexOf(prefix) + prefix.length);
}

function needsOf(manifest: LockedPackage): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  const needed = Object.keys(dependencies ?? {}).filter(
    (name) => !(name in { ...optionalDependencies }),
  );
  return [...needed, ...peers];
}

function directoryOf(name: string, from: string, locked: LockedPackages): string {
  const found = findDirectory(name, from, locked);
  if (found === undefined) {
    throw new Error(`package-lock.json has no ${name}, which ${from} needs`);
  }
  return found;
}

/** Where Node finds a package that another one imports: in the nearest `node_modules`. */
function findDirectory(name: string, from: string, locked: LockedPackages): string | undefined {
  for (let at = from; ; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "") {
    const directory = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    const entry = locked[directory];
    if (entry !== undefined) {
      return entry.link === true ? (entry.resolved ?? directory) : directory;
    }
    if (at === "") return undefined;
  }
}
