import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, as an absolute path without a slash at the end. */
export const repository: string = fileURLToPath(new URL("../..", import.meta.url)).replace(
  /\/$/,
  "",
);

/** What `exports` in a package.json may contain. */
export type Target = string | null | { readonly [condition: string]: Target };

/** The part of a package.json that is used here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly homepage?: string;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly bugs?: { readonly url?: string };
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Target>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A published workspace. */
export interface PublishedPackage {
  /** Relative to the repository, such as `packages/sdk`. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** All workspaces that are not private. */
export function publishedPackages(): PublishedPackage[] {
  const root = readManifest(".") as Manifest & { readonly workspaces: readonly string[] };
  return root.workspaces
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** An entry that can be imported. */
export interface Entry {
  /** Such as `@flawless-ts/sdk/effect`. */
  readonly name: string;
  /** The path of its declarations, relative to the package, such as `./dist/effect/index.d.ts`. */
  readonly types: string;
  /** Whether it has code, and not only types. */
  readonly hasCode: boolean;
}

/** The entries with types: not files such as `package.json` and modules. */
export function entriesOf({ name, exports = {} }: Manifest): Entry[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    if (target === null || typeof target === "string") return [];
    const { types } = target;
    if (typeof types !== "string") return [];
    return [{ name: name + path.slice(1), types, hasCode: target["default"] !== undefined }];
  });
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(repository, directory, "package.json"), "utf8")) as Manifest;
}
