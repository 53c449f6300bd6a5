import type { Docker } from "../docker/engine.ts";
import { unlessGone } from "../docker/status-code.ts";
import { imageLabel } from "../session/session.ts";

/** An image not used for this long is old. */
const oldMs = 24 * 60 * 60 * 1000;

/** The parts of the Docker API that are needed here. */
export type ImageApi = Pick<Docker, "listImages" | "listContainers" | "getImage">;

/** Options of {@link removeOldImages}. */
export interface OldImageOptions {
  /** The repository of the images. Default: the one that this package builds. */
  readonly repository?: string;
  /** The time, in milliseconds since 1970. Default: now. */
  readonly now?: number;
}

/**
 * Removes images that this package built for outdated contents: each change of a package leaves one of 150 MB. An image
 * stays if a container uses it, running or not, if it was built or requested within a day, or if it has a name that
 * somebody else gave it. An image built on one of ours has its label as well, but not its name.
 *
 * @returns the names of the removed images. Images that can't be removed stay: that is no reason not to start.
 */
export async function removeOldImages(
  docker: ImageApi,
  { repository = "flawless-ts", now = Date.now() }: OldImageOptions = {},
): Promise<readonly string[]> {
  const [images, containers] = await Promise.all([
    docker.listImages({ filters: { label: [imageLabel] } }),
    docker.listContainers({ all: true }),
  ]);
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const removed: string[] = [];
  for (const { Id, RepoTags, Labels } of images) {
    const names = RepoTags ?? [];
    const hash = Labels?.[imageLabel] ?? "";
    const isOurs = names.length > 0 && names.every((name) => isOwnName(name, repository, hash));
    if (!isOurs || used.has(Id)) continue;
    try {
      const image = docker.getImage(Id);
      if (now - lastAskedFor(await image.inspect()) < oldMs) continue;
      // Without `force`, an image stays if a container has been made of it since, or if other images are based on it.
      await unlessGone(image.remove());
      removed.push(...names);
    } catch {
      continue;
    }
  }
  return removed;
}

/** Records that an image was requested, by tagging it: Docker records when an image was last tagged. */
export async function noteImageUse(docker: ImageApi, name: string): Promise<void> {
  const [repo = "", tag = ""] = name.split(":");
  await docker.getImage(name).tag({ repo, tag });
}

function isOwnName(name: string, repository: string, hash: string): boolean {
  const [, own] = new RegExp(`^${repository}:[a-z]+-([0-9a-f]{8,})$`).exec(name) ?? [];
  return own !== undefined && hash.startsWith(own);
}

function lastAskedFor({
  Created,
  Metadata,
}: {
  readonly Created: string;
  readonly Metadata?: { readonly LastTagTime?: string };
}): number {
  const times = [Created, Metadata?.LastTagTime ?? ""].map((time) => Date.parse(time));
  return Math.max(...times.filter((time) => !Number.isNaN(time)), 0);
}
