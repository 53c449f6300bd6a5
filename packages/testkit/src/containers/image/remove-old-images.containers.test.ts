import { createHash } from "node:crypto";
import { onTestFinished, expect, test } from "vitest";
import { type Docker, findEngine } from "../docker/engine.ts";
import { unlessGone } from "../docker/status-code.ts";
import { describeContainers } from "../testing/describe-containers.ts";
import { dockerBuild, imageExists } from "./docker-build.ts";
import { noteImageUse, removeOldImages } from "./remove-old-images.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** The test's own, because other images on this machine must not be touched. */
const repository = `flawless-ts-test-${process.pid}`;

/** An image with one small file. */
async function build(docker: Docker, content: string): Promise<string> {
  const hash = createHash("sha256").update(`${repository} ${content}`).digest("hex");
  const tag = `${repository}:scratch-${hash.slice(0, 16)}`;
  const dockerfile = "FROM scratch\nCOPY file /file\n";
  const entries = [
    { path: "file", mode: 0o644, source: { content: Buffer.from(content) } },
  ] as const;
  await dockerBuild(docker, { tag, dockerfile, entries, hash });
  onTestFinished(() => unlessGone(docker.getImage(tag).remove({ force: true })));
  return tag;
}

await describeContainers("images that are old", () => {
  test("are removed unless a container uses them or they were requested recently", async () => {
    const { docker } = await findEngine();
    const used = await build(docker, "used");
    const unused = await build(docker, "unused");
    const container = await docker.createContainer({ Image: used, Cmd: ["/file"] });
    onTestFinished(() => unlessGone(container.remove({ force: true })));

    expect(await removeOldImages(docker, { repository })).toEqual([]);
    const now = Date.now() + 2 * dayMs;
    expect(await removeOldImages(docker, { repository, now })).toEqual([unused]);
    expect(await imageExists(docker, unused)).toBe(false);
    expect(await imageExists(docker, used)).toBe(true);

    await container.remove();
    await noteImageUse(docker, used);
    expect(await removeOldImages(docker, { repository, now: Date.now() + dayMs / 2 })).toEqual([]);
    expect(await removeOldImages(docker, { repository, now })).toEqual([used]);
  });
});
