import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  installedPackages,
  type LockedPackages,
  nameOf,
  repository,
} from "./installed-packages.ts";

/** The contents of an installation. */
export interface Install {
  /** The packages' names, in order. */
  readonly packages: readonly string[];
  /** The size of all files, unpacked; 1 MB is a million bytes. */
  readonly megabytes: number;
}

/**
 * Measures what `npm install NAME` installs on this system, without a network: according to the lock file, the packages
 * in `node_modules`, and what npm would pack of the workspaces, which must have been built.
 *
 * @returns by name
 * @throws Error if a package that one of them needs is not installed
 */
export function measureInstalls(
  names: readonly string[],
  locked: LockedPackages,
): ReadonlyMap<string, Install> {
  const directories = new Map(
    names.map((name) => [
      name,
      installedPackages(name, locked).filter(
        (each) => locked[each]?.optional !== true || existsSync(join(repository, each)),
      ),
    ]),
  );
  const needed = new Set([...directories.values()].flat());
  const workspaces = [...needed].filter((each) => !each.includes("node_modules/"));
  const packed = packedSizes(workspaces.map((each) => nameOf(each, locked)));
  const sizes = new Map(
    [...needed].map((each) => {
      return [each, packed.get(nameOf(each, locked)) ?? bytesBelow(join(repository, each))];
    }),
  );
  return new Map(
    [...directories].map(([name, own]) => {
      const bytes = own.reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0);
      const packages = own.map((each) => nameOf(each, locked)).toSorted();
      return [name, { packages, megabytes: bytes / 1e6 }];
    }),
  );
}

/** Without packages that are installed inside of it. */
function bytesBelow(directory: string): number {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules")
    .map((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? bytesBelow(path) : statSync(path).size;
    })
    .reduce((sum, each) => sum + each, 0);
}

/** In bytes, by name. */
function packedSizes(workspaces: readonly string[]): ReadonlyMap<string, number> {
  const chosen = workspaces.map((each) => `--workspace=${each}`);
  // Variables that npm sets for its scripts, such as the workspace, must not affect the npm that is started here.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const out = execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json", ...chosen], {
    cwd: repository,
    env: Object.fromEntries(inherited),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
  });
  const packed = JSON.parse(out) as readonly {
    readonly name: string;
    readonly unpackedSize: number;
  }[];
  return new Map(packed.map(({ name, unpackedSize }) => [name, unpackedSize]));
}
