import { beforeAll, describe } from "vitest";
import { skipWithoutDocker } from "../docker/skip-without-docker.ts";
import { buildImage } from "../image/resolve-image.ts";

/** Both tests and the build take a while on a busy machine. */
const testMs = 120_000;
const buildMs = 300_000;

/**
 * Tests that need a Docker engine. Without one they are skipped, and one line says so; if `CI` is set, they fail
 * instead.
 */
export async function describeContainers(name: string, suite: () => void): Promise<void> {
  const skipped = await skipWithoutDocker(`the tests of ${name}`);
  describe.skipIf(skipped)(`${name}`, { timeout: testMs }, () => {
    beforeAll(async () => {
      await buildImage();
    }, buildMs);
    suite();
  });
}
