import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { TestkitError } from "../../errors.ts";
import type { Docker } from "../docker/engine.ts";
import { buildOnce } from "./build-once.ts";
import type { ContextEntry } from "./context-entry.ts";
import { dockerBuild } from "./docker-build.ts";
import { imagePaths, imageUser } from "./image-paths.ts";
import { loadedLibraries, nodeLibraries } from "./system-files.ts";

/** The source of the original server. */
export type OriginalServer = { readonly binary: string } | { readonly download: true };

/** One release of a server. */
export interface PinnedServer {
  readonly url: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** Flawless 1.0.0-beta.3 for Linux on x64. Source: flawless.dev. */
export const pinnedServer: PinnedServer = {
  url: "https://downloads.flawless.dev/1.0.0-beta.3/x64-linux/flawless",
  sha256: "b511598babcde8a8bc7898f6e0c7b06b3f51a2d26227fba1cc480b06af5a215c",
};

/**
 * Builds an image with the original server, unless it exists.
 *
 * @param on our image, on which it is built
 * @returns its name
 * @throws TestkitError `FLAWLESS_TESTKIT_BINARY_REFUSED` for a file other than the pinned one;
 * `FLAWLESS_TESTKIT_IMAGE_FAILED`
 */
export async function buildOriginalImage(
  docker: Docker,
  server: OriginalServer,
  on: string,
  pinned: PinnedServer = pinnedServer,
): Promise<string> {
  const dockerfile = originalDockerfile(server, on, pinned);
  const hash = createHash("sha256").update(dockerfile).update(pinned.sha256).digest("hex");
  const tag = `flawless-ts:original-${hash.slice(0, 16)}`;
  // A file is checked each time, even if the image exists, because it may have changed.
  const entries = "binary" in server ? await binaryEntries(server.binary, on, pinned) : [];
  await buildOnce(docker, tag, async () => {
    try {
      await dockerBuild(docker, { tag, dockerfile, entries, hash });
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  });
  return tag;
}

/** The Dockerfile of an image with the original server. */
export function originalDockerfile(
  server: OriginalServer,
  on: string,
  { url, sha256 }: PinnedServer,
): string {
  const { node, entrypoint, originalServer } = imagePaths;
  const get =
    "binary" in server
      ? "COPY original/ /"
      : `RUN ${JSON.stringify([node, entrypoint, "--download", url, sha256, originalServer])}`;
  return [
    `FROM ${on}`,
    "USER 0:0",
    get,
    `USER ${imageUser}:${imageUser}`,
    `ENV FLAWLESS_PROGRAM=${originalServer}`,
    "",
  ].join("\n");
}

async function binaryEntries(
  path: string,
  on: string,
  pinned: PinnedServer,
): Promise<readonly ContextEntry[]> {
  await checkBinary(path, pinned);
  // An image from scratch has only Node's libraries.
  const libraries = on.includes(":scratch-") ? await furtherLibraries(path) : [];
  return [
    { path: `original${imagePaths.originalServer}`, mode: 0o755, source: { file: path } },
    ...libraries.map((file) => ({ path: `original${file}`, mode: 0o755, source: { file } })),
  ];
}

async function checkBinary(path: string, { sha256, url }: PinnedServer): Promise<void> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_BINARY_REFUSED",
      `The original server can't be read from ${path}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const actual = hash.digest("hex");
  if (actual !== sha256) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_BINARY_REFUSED",
      `${path} is not the pinned server: its sha256 was expected to be ${sha256}, but is ${actual}. The file is ${url}.`,
    );
  }
}

/** Asks the loader, which doesn't start the program. A statically linked program needs none. */
async function furtherLibraries(path: string): Promise<readonly string[]> {
  const known = await nodeLibraries();
  const loader = known.find((library) => /\/ld-[^/]*$/.test(library));
  if (loader === undefined) {
    return [];
  }
  try {
    const { stdout } = await promisify(execFile)(loader, ["--list", path]);
    return loadedLibraries(stdout).filter((library) => !known.includes(library));
  } catch {
    return [];
  }
}

function refusalOf(error: unknown): TestkitError | null {
  const [, reason] = /BINARY_REFUSED: (.*)/.exec(error instanceof Error ? error.message : "") ?? [];
  return reason === undefined
    ? null
    : new TestkitError("FLAWLESS_TESTKIT_BINARY_REFUSED", reason, { cause: error });
}
