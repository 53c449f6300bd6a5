import { relative, sep } from "node:path";
import { serverVersion } from "../../server-version.ts";

/** The packages that the project imports or runs. */
const dependencies = ["sdk", "wasm-module"] as const;
const devDependencies = ["module-builder", "server", "testkit"] as const;
/** Our packages that those depend on. npm finds them in a registry, but tarballs in a folder must be listed. */
const indirectDependencies = ["control-plane", "http-service", "sqlite-thread"] as const;

/** Other packages. A test compares these ranges with those of this repository. */
export const toolRanges: Readonly<Record<string, string>> = {
  "@types/node": "^24.0.0",
  typescript: "^7.0.2",
  vitest: "^5.1.1",
};

/** Where a project gets our packages from. */
export interface PackageSource {
  /** The project's folder, an absolute path. */
  readonly project: string;
  /** The absolute path of a folder with their `npm pack` tarballs; undefined for the registry. */
  readonly tarballs: string | undefined;
}

/** The name of the tarball that `npm pack` creates for this version of one of our packages. */
export function tarballName(name: string): string {
  return `flawless-ts-${name}-${serverVersion}.tgz`;
}

/** The tarballs that a project needs. */
export const neededTarballs: readonly string[] = [
  ...dependencies,
  ...devDependencies,
  ...indirectDependencies,
].map(tarballName);

/** The contents of a project's package.json. */
export function projectManifest(name: string, source: PackageSource): string {
  const indirect = source.tarballs === undefined ? [] : indirectDependencies;
  const manifest = {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=24" },
    scripts: {
      dev: "flawless dev src/orders.ts --worker orders=src/activities.ts",
      build: "flawless build src/orders.ts -o orders.wasm",
      test: "vitest run",
      check: "tsc",
      deploy: "npm run build && flawless deploy orders.wasm",
    },
    dependencies: ours(dependencies, source),
    devDependencies: { ...ours([...devDependencies, ...indirect], source), ...toolRanges },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function ours(names: readonly string[], source: PackageSource): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.toSorted().map((name) => [`@flawless-ts/${name}`, rangeOf(name, source)]),
  );
}

function rangeOf(name: string, { project, tarballs }: PackageSource): string {
  if (tarballs === undefined) return `^${serverVersion}`;
  const folder = relative(project, tarballs).split(sep).join("/");
  return `file:${folder === "" ? "." : folder}/${tarballName(name)}`;
}
