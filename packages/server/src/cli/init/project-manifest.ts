import { relative, sep } from "node:path";
import { serverVersion } from "../../server-version.ts";

/** What the project imports, and what its scripts run. */
const dependencies = ["sdk", "wasm-module"] as const;
const devDependencies = ["module-builder", "server", "testkit"] as const;
/** What those need of ours. A registry tells npm; tarballs in a folder have to be named. */
const indirectDependencies = ["control-plane", "http-service", "sqlite-thread"] as const;

/** Beside our packages; a test holds the ranges against those that this repository uses. */
export const toolRanges: Readonly<Record<string, string>> = {
  "@types/node": "^24.0.0",
  typescript: "^7.0.2",
  vitest: "^5.1.1",
};

/** Where a project takes our packages from. */
export interface PackageSource {
  /** The project's folder, an absolute path. */
  readonly project: string;
  /** An absolute path of a folder with what `npm pack` makes of them; undefined: the registry. */
  readonly tarballs: string | undefined;
}

/** The name of what `npm pack` makes of one of our packages, as of this version. */
export function tarballName(name: string): string {
  return `flawless-ts-${name}-${serverVersion}.tgz`;
}

/** The tarballs that a project needs. */
export const neededTarballs: readonly string[] = [
  ...dependencies,
  ...devDependencies,
  ...indirectDependencies,
].map(tarballName);

/** The text of a project's package.json. */
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
