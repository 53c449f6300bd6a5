import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TestkitError } from "../../errors.ts";
import { type ContextEntry, directoryEntry, textEntry } from "./context-entry.ts";
import { collectPackages, type ImagePackage } from "./package-tree.ts";
import { isOurs, packageFiles } from "./package-files.ts";
import { packageRoot, ticketPackage } from "./ticket-package.ts";

/** The image's programs, which are this project's parts of it. */
const programs = ["@flawless-ts/server", "@flawless-ts/control-plane"];
const entrypointFolder = "dist/containers/image/entrypoint";

/** The parts that both kinds of image have. */
export interface CommonContext {
  readonly dockerfile: string;
  readonly packages: readonly ImagePackage[];
  /** The files of this project's packages, and the entrypoint. */
  readonly ours: readonly ContextEntry[];
  /** Files and folders that are written to when the image is built or run. */
  readonly owned: readonly ContextEntry[];
}

/**
 * Collects the parts of the image, except the system.
 *
 * @param dockerfile its name in this package's folder `docker`
 * @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED`
 */
export function commonContext(dockerfile: string): CommonContext {
  const packages = collectPackages(programs, packageRoot, [ticketPackage]);
  const text = readFileSync(join(packageRoot, "docker", dockerfile), "utf8");
  return {
    dockerfile: text,
    packages,
    ours: [
      ...packages.filter(isOurs).flatMap((found) => packageFiles(found, "packages")),
      ...entrypointFiles(),
    ],
    owned: [
      directoryEntry("owned/data", 0o755),
      directoryEntry("owned/opt/flawless-ts/compile-cache", 0o755),
    ],
  };
}

/** The files of all other packages. */
export function dependencyFiles({ packages }: CommonContext): readonly ContextEntry[] {
  return packages
    .filter((found) => !isOurs(found))
    .flatMap((found) => packageFiles(found, "dependencies"));
}

/**
 * A hash of everything in the image. A published package never changes without its version, so its files needn't be
 * read.
 */
export function hashContext(context: CommonContext, system: string): string {
  const hash = createHash("sha256").update(`${context.dockerfile}\0${system}\0`);
  for (const found of context.packages.filter((each) => !isOurs(each))) {
    hash.update(`${found.location}@${found.version}\0`);
  }
  for (const { path, mode, source } of [...context.ours, ...context.owned]) {
    hash.update(`${path}\0${mode}\0`);
    if ("content" in source) {
      hash.update(`${source.content.length}\0`).update(source.content);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function entrypointFiles(): readonly ContextEntry[] {
  const folder = join(packageRoot, entrypointFolder);
  if (!existsSync(folder)) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_IMAGE_FAILED",
      `The package @flawless-ts/testkit is not built: ${dirname(folder)} has no entrypoint. Run \`npm run build\` first.`,
    );
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
  return [
    textEntry("packages/entrypoint/package.json", '{ "type": "module" }\n'),
    ...files.toSorted().map((name) => ({
      path: `packages/entrypoint/${name}`,
      mode: 0o644,
      source: { content: readFileSync(join(folder, name)) },
    })),
  ];
}
