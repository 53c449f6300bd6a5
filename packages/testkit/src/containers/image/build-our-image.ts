import { TestkitError } from "../../errors.ts";
import type { Docker } from "../docker/engine.ts";
import { commonContext, dependencyFiles, hashContext } from "./build-context.ts";
import { buildOnce } from "./build-once.ts";
import { dockerBuild, imageExists } from "./docker-build.ts";
import type { ImageOption } from "./image-option.ts";
import { systemFiles, systemIdentity } from "./system-files.ts";

/** The default base of the committed Dockerfile. */
export const publicBase = "node:26.10.0-slim";
const repository = "flawless-ts";

/** The options whose images are built. */
type BuiltOption = Exclude<ImageOption, { readonly name: string }>;

/**
 * Builds our image, unless one with the same content exists.
 *
 * @returns its name, whose tag is a hash of the content
 * @throws TestkitError `FLAWLESS_TESTKIT_IMAGE_FAILED`
 */
export async function buildOurImage(docker: Docker, option: BuiltOption): Promise<string> {
  const choice = option === "auto" ? await automatic(docker) : option;
  return choice === "scratch" ? fromScratch(docker) : fromBase(docker, choice);
}

async function automatic(docker: Docker): Promise<Exclude<BuiltOption, "auto">> {
  return (await imageExists(docker, publicBase)) ? { base: publicBase } : "scratch";
}

async function fromScratch(docker: Docker): Promise<string> {
  const context = commonContext("Dockerfile.scratch");
  const hash = hashContext(context, await systemIdentity());
  const tag = `${repository}:scratch-${hash}`;
  await buildOnce(docker, tag, async () => {
    await using system = await systemFiles("system");
    const { dockerfile, owned, ours } = context;
    const entries = [...system.entries, ...dependencyFiles(context), ...owned, ...ours];
    await dockerBuild(docker, { tag, dockerfile, entries, hash });
  });
  return tag;
}

async function fromBase(
  docker: Docker,
  { base, pull = false }: { readonly base: string; readonly pull?: boolean | undefined },
): Promise<string> {
  const context = commonContext("Dockerfile");
  if (!pull && !(await imageExists(docker, base))) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_IMAGE_FAILED",
      `The base image ${base} is not on this machine, and nothing is downloaded without being asked. Get it by \`docker pull ${base}\`, allow it by { image: { base, pull: true } }, or use "scratch".`,
    );
  }
  const hash = hashContext(context, base);
  const tag = `${repository}:base-${hash}`;
  await buildOnce(docker, tag, async () => {
    const { dockerfile, owned, ours } = context;
    const entries = [...dependencyFiles(context), ...owned, ...ours];
    await dockerBuild(docker, { tag, dockerfile, entries, hash, buildArgs: { BASE: base }, pull });
  });
  return tag;
}
