import { TestkitError } from "../../errors.ts";
import { type Docker, findEngine } from "../docker/engine.ts";
import { ImageName } from "../testcontainers.ts";
import { buildOurImage } from "./build-our-image.ts";
import { imageExists } from "./docker-build.ts";
import type { ImageOption } from "./image-option.ts";
import { buildOriginalImage, type OriginalServer } from "./original-server.ts";

/** {@link ImageOption}, or one of those with the original server added. */
export type ImageRequest =
  | ImageOption
  | { readonly original: OriginalServer; readonly on: ImageOption };

/**
 * Builds our image, for containers or compose files, unless one with the same content exists.
 *
 * @param options `image`: which one; default `auto`. `tag`: a name for it, such as `flawless-ts:latest`, in addition to
 * its own, which has a hash of its content.
 * @returns its name: the tag, if there is one
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`, `FLAWLESS_TESTKIT_IMAGE_FAILED`
 */
export async function buildImage(
  options: { readonly image?: ImageOption | undefined; readonly tag?: string | undefined } = {},
): Promise<string> {
  const { image = "auto", tag } = options;
  const name = await resolveImage(image);
  if (tag === undefined) {
    return name;
  }
  const { docker } = await findEngine();
  const { image: repository, tag: version } = ImageName.fromString(tag);
  await docker.getImage(name).tag({ repo: repository, tag: version });
  return tag;
}

const resolved = new Map<string, Promise<string>>();

/**
 * The name of an existing image, which is built first if needed.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`, `FLAWLESS_TESTKIT_IMAGE_FAILED`, `FLAWLESS_TESTKIT_BINARY_REFUSED`
 */
export async function resolveImage(request: ImageRequest): Promise<string> {
  const key = JSON.stringify(request);
  const known = resolved.get(key) ?? resolve(request);
  resolved.set(key, known);
  try {
    return await known;
  } catch (error) {
    resolved.delete(key);
    throw error;
  }
}

async function resolve(request: ImageRequest): Promise<string> {
  const { docker } = await findEngine();
  if (typeof request === "object" && "original" in request) {
    return buildOriginalImage(docker, request.original, await resolveImage(request.on));
  }
  if (typeof request === "object" && "name" in request) {
    return existing(docker, request.name);
  }
  return buildOurImage(docker, request);
}

async function existing(docker: Docker, name: string): Promise<string> {
  if (await imageExists(docker, name)) {
    return name;
  }
  throw new TestkitError(
    "FLAWLESS_TESTKIT_IMAGE_FAILED",
    `The image ${name} is not on this machine, and nothing is downloaded without being asked. Get it by \`docker pull ${name}\`, or build it.`,
  );
}
