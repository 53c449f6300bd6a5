import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const repository: string = fileURLToPath(new URL("../../", import.meta.url));

/** What `package-lock.json` tells of a package. Source: "packages" in npm's document on package-lock.json. */
export interface LockedPackage {
  /** For a workspace below `node_modules`: where it really is. */
  readonly resolved?: string;
  readonly link?: boolean;
  /** Whether an installation goes on without it, such as what is for another system. */
  readonly optional?: boolean;
  /** Whether it has a script that npm runs when it is installed. */
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
 * What `npm install NAME` brings, by the lock file: the package and all that it needs to run. Optional dependencies are
 * in it, those for other systems, too; optional peers and what is for development are not.
 *
 * @param name a workspace or what one of them needs, such as `@flawless-ts/sdk`
 * @returns the directories, relative to the repository, in order
 * @throws Error when the lock file lacks one of them
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
      // npm leaves out of its lock file what the registry has not, such as a build for a system that nobody asked for.
      const directory = findDirectory(wanted, next, locked);
      if (directory !== undefined) waiting.push(directory);
    }
  }
  return [...found].toSorted();
}

/** The name of a package by its directory below `node_modules`, or of a workspace by its own. */
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

/** Where Node finds a package from another: in the nearest `node_modules`. */
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
