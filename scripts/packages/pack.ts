import { join } from "node:path";
import type { PublishedPackage } from "./published-packages.ts";
import { run } from "./run.ts";

/** A package as `npm publish` would upload it. */
export interface Tarball extends PublishedPackage {
  /** The absolute path of the `.tgz`. */
  readonly file: string;
  /** Its files, relative to the package, such as `dist/index.js`. */
  readonly files: ReadonlySet<string>;
}

/** Packs the packages into a directory. They must have been built. */
export async function pack(
  packages: readonly PublishedPackage[],
  directory: string,
): Promise<Tarball[]> {
  const workspaces = packages.map(({ directory: workspace }) => `--workspace=${workspace}`);
  const parameters = ["pack", "--json", "--pack-destination", directory, ...workspaces];
  const out = await run("npm", parameters);
  // npm prints the scripts' output before its own.
  const answer = JSON.parse(out.slice(out.search(/^\[$/m))) as readonly {
    readonly name: string;
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  return packages.map((published) => {
    const packed = answer.find(({ name }) => name === published.manifest.name);
    if (packed === undefined) throw new Error(`npm packed no ${published.manifest.name}`);
    return {
      ...published,
      file: join(directory, packed.filename),
      files: new Set(packed.files.map(({ path }) => path)),
    };
  });
}
