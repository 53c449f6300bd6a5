import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { Tarball } from "./pack.ts";
import { type Manifest, repository, type Target } from "./published-packages.ts";

const url = "https://github.com/flawless-ts/flawless-ts";

/** What is wrong with a packed package, one problem a line. */
export function tarballProblems(tarball: Tarball): string[] {
  return [
    ...missing(tarball),
    ...surplus(tarball),
    ...description(tarball),
    ...ranges(tarball.manifest),
    ...undeclared(tarball),
  ];
}

/** Files that package.json refers to, but that are not packed. */
function missing({ files, manifest }: Tarball): string[] {
  const promised = [
    "README.md",
    "LICENSE",
    ...Object.values(manifest.exports ?? {}).flatMap(pathsIn),
    ...Object.values(manifest.bin ?? {}),
  ];
  return promised
    .map((path) => path.replace(/^\.\//, ""))
    .filter((path) => !isPacked(path, files))
    .map((path) => `${path} is not packed`);
}

function pathsIn(target: Target): string[] {
  if (target === null) return [];
  return typeof target === "string" ? [target] : Object.values(target).flatMap(pathsIn);
}

function isPacked(path: string, files: ReadonlySet<string>): boolean {
  const [start = "", end] = path.split("*");
  if (end === undefined) return files.has(path);
  return [...files].some((file) => file.startsWith(start) && file.endsWith(end));
}

/**
 * Files that no user needs: tests (except those of the project that `flawless init` creates) and their helpers, the
 * compiler's caches, and output of deleted sources.
 */
function surplus({ files }: Tarball): string[] {
  const unwanted = /(?:^|\/)testing\/|\.(?:test|test-d|testing)\.|\.tsbuildinfo$/;
  const problems: string[] = [];
  for (const file of files) {
    const output = /^dist\/(?!bundle\/)(.*)\.js$/.exec(file)?.[1];
    const source = /^src\/(.*(?<!\.d))\.ts$/.exec(file)?.[1];
    if (unwanted.test(file) && !file.startsWith("template/")) {
      problems.push(`${file} is packed, which only tests need`);
    } else if (output !== undefined && !files.has(`src/${output}.ts`)) {
      problems.push(`${file} is packed without its source; delete dist and build again`);
    } else if (source !== undefined && !files.has(`dist/${source}.js`)) {
      problems.push(`${file} is packed, but not built: exclude it in "files", or build it`);
    }
  }
  return problems;
}

function description({ manifest, directory }: Tarball): string[] {
  const wanted: readonly [string, boolean][] = [
    ["description", Boolean(manifest.description)],
    ["keywords", (manifest.keywords?.length ?? 0) > 0],
    ["license", manifest.license === "Apache-2.0"],
    ["engines.node", Boolean(manifest.engines?.node)],
    ["homepage", manifest.homepage === `${url}/tree/main/${directory}#readme`],
    ["bugs.url", manifest.bugs?.url === `${url}/issues`],
    ["repository.url", manifest.repository?.url === `git+${url}.git`],
    ["repository.directory", manifest.repository?.directory === directory],
  ];
  return wanted.filter(([, good]) => !good).map(([name]) => `${name} is missing or wrong`);
}

/** With an exact version, users would get a second copy of a package that they already have. */
function ranges({ dependencies = {}, peerDependencies = {} }: Manifest): string[] {
  return Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([, range]) => /^\d/.test(range))
    .map(([name, range]) => `${name} is pinned to ${range}: give a range, such as ^${range}`);
}

/** Packages that the types import, but that are not dependencies. */
function undeclared({ files, manifest, directory }: Tarball): string[] {
  const { name: self, dependencies = {}, peerDependencies = {} } = manifest;
  const declared = { ...dependencies, ...peerDependencies };
  const problems = new Set<string>();
  for (const file of files) {
    if (!file.endsWith(".d.ts")) continue;
    const text = readFileSync(join(repository, directory, file), "utf8").replaceAll(
      /^\s*\*.*$/gm,
      "",
    );
    const imports = /(?:\bfrom |\bimport\(|^import )"([^".#][^"]*)"/gm;
    for (const [, specifier = ""] of text.matchAll(imports)) {
      const [scope = "", name] = specifier.split("/");
      const package_ = specifier.startsWith("@") ? `${scope}/${name}` : scope;
      const bringsTypes = isBuiltin(specifier) ? "@types/node" : package_;
      if (bringsTypes !== self && !(bringsTypes in declared)) {
        problems.add(`${file} imports "${specifier}", but ${bringsTypes} is no dependency`);
      }
    }
  }
  return [...problems];
}
