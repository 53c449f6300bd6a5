import type { Docker } from "../docker/engine.ts";
import { imageExists } from "./docker-build.ts";
import { withMachineLock } from "./image-lock.ts";

/** Builds an image unless it is there. Processes that start together build it once. */
export async function buildOnce(
  docker: Docker,
  tag: string,
  build: () => Promise<void>,
): Promise<void> {
  if (await imageExists(docker, tag)) {
    return;
  }
  await withMachineLock(`flawless-ts-image-${tag.replaceAll(/[^\w-]/g, "-")}`, async () => {
    if (!(await imageExists(docker, tag))) {
      await build();
    }
  });
}
