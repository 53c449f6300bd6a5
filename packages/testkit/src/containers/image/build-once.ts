import type { Docker } from "../docker/engine.ts";
import { imageExists } from "./docker-build.ts";
import { withMachineLock } from "./image-lock.ts";
import { noteImageUse, removeOldImages } from "./remove-old-images.ts";

/** Builds an image unless it exists, and removes old ones. Processes that start together build it once. */
export async function buildOnce(
  docker: Docker,
  tag: string,
  build: () => Promise<void>,
): Promise<void> {
  if (await isThere(docker, tag)) {
    return;
  }
  await withMachineLock(`flawless-ts-image-${tag.replaceAll(/[^\w-]/g, "-")}`, async () => {
    if (!(await isThere(docker, tag))) {
      await build();
      await removeOldImages(docker).catch(() => undefined);
    }
  });
}

async function isThere(docker: Docker, tag: string): Promise<boolean> {
  if (!(await imageExists(docker, tag))) {
    return false;
  }
  try {
    await noteImageUse(docker, tag);
    return true;
  } catch {
    // Another process has just removed it.
    return imageExists(docker, tag);
  }
}
