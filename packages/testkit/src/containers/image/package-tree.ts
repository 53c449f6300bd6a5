import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { TestkitError } from "../../errors.ts";

/** An installed package, and its place in the image. */
export interface ImagePackage {
  readonly name: string;
  readonly version: string;
  /** The folder where it is installed. */
  readonly directory: string;
  /** Its path in the image, such as `node_modules/fastify`. */
  readonly location: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Only `flawless build` needs it, not a server, and it includes a bundler: a program of 20 MB for each system. */
const leftOut: ReadonlySet<string> = new Set(["@flawless-ts/module-builder"]);

/**
 * Finds packages and their dependencies as Node itself would, and lays them out so that Node finds the same ones again:
 * at the top if that place is free, otherwise below the package that needs them.
 *
 * @param names the packages
 * @param from where to look them up
 * @param ifInstalled more packages, which may be missing
 * @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED` for one that is not installed
 */
export function collectPackages(
  names: readonly string[],
  from: string,
  ifInstalled: readonly string[] = [],
): readonly ImagePackage[] {
  const placed = new Map<string, ImagePackage>();
  const waiting: { readonly names: readonly Needed[]; readonly by: ImagePackage | null }[] = [
    {
      names: [
        ...names.map((name) => ({ name, optional: false })),
        ...ifInstalled.map((name) => ({ name, optional: true })),
      ],
      by: null,
    },
  ];
  // Breadth first: a package's dependencies are placed before their own ones, so that nothing gets shadowed later.
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { by } = next;
    for (const { name, optional } of next.names) {
      const directory = findPackage(name, by?.directory ?? from);
      if (directory === null) {
        if (optional) {
          continue;
        }
        throw new TestkitError(
          "FLAWLESS_TESTKIT_IMAGE_FAILED",
          `The package ${name}, which ${by?.name ?? "the image"} needs, is not installed. Run your package manager's install.`,
        );
      }
      if (directory === visibleFrom(name, by?.location ?? "", placed)?.directory) {
        continue;
      }
      const manifest = readManifest(directory);
      const top = `node_modules/${name}`;
      const location = placed.has(top) && by !== null ? `${by.location}/${top}` : top;
      const found = { name, version: manifest.version, directory, location };
      placed.set(location, found);
      waiting.push({ names: needsOf(manifest), by: found });
    }
  }
  return [...placed.values()].toSorted((one, other) => (one.location < other.location ? -1 : 1));
}

interface Needed {
  readonly name: string;
  readonly optional: boolean;
}

function needsOf(manifest: Manifest): readonly Needed[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const optional = new Set([
    ...Object.keys(optionalDependencies),
    ...Object.keys(peerDependencies).filter(
      (name) => manifest.peerDependenciesMeta?.[name]?.optional === true,
    ),
  ]);
  const peers = Object.keys(peerDependencies).filter((name) => !optional.has(name));
  return [
    ...new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]),
  ]
    .filter((name) => !leftOut.has(name))
    .map((name) => ({ name, optional: optional.has(name) }));
}

/** The package that Node would find in the image. */
function visibleFrom(
  name: string,
  location: string,
  placed: ReadonlyMap<string, ImagePackage>,
): ImagePackage | undefined {
  for (let at = location; at !== ""; at = parentOf(at)) {
    const found = placed.get(`${at}/node_modules/${name}`);
    if (found !== undefined) {
      return found;
    }
  }
  return placed.get(`node_modules/${name}`);
}

/** The package that contains another one; empty for none. */
function parentOf(location: string): string {
  const end = location.lastIndexOf("/node_modules/");
  return end === -1 ? "" : location.slice(0, end);
}

/** The directory of the package that Node would find from a directory; null for none. */
export function findPackage(name: string, from: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) {
      return realpathSync(candidate);
    }
    if (dirname(at) === at) {
      return null;
    }
  }
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
}
