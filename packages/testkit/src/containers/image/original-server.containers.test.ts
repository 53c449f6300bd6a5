import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { findEngine } from "../docker/engine.ts";
import { FlawlessContainer } from "../flawless-container.ts";
import { describeContainers } from "../testing/describe-containers.ts";
import { removedAfter } from "../testing/removed-after.ts";
import { imagePaths } from "./image-paths.ts";
import { buildOriginalImage } from "./original-server.ts";
import { buildImage } from "./resolve-image.ts";

/**
 * Stands in for the original server, which isn't available here: it serves its version and arguments, not its health.
 */
const program = `#!${imagePaths.node}
const [command, ...args] = process.argv.slice(2);
const { host, port } = new URL("http://" + args[args.indexOf("--bind") + 1]);
process.on("SIGTERM", () => process.exit(0));
require("node:http").createServer((request, response) => {
  response.statusCode = request.url === "/version" ? 200 : 404;
  response.end(request.url === "/version" ? "1.0.0-beta.3" : "");
}).listen(Number(port), "0.0.0.0", () => console.log(command, ...args));
`;
const pinned = {
  url: "https://downloads.example/flawless",
  sha256: createHash("sha256").update(program).digest("hex"),
};

await describeContainers("the original server", () => {
  test("runs from a file with the pinned checksum, on our image", async () => {
    using directory = new TemporaryDirectory();
    const binary = join(directory.path, "flawless");
    await writeFile(binary, program);
    const { docker } = await findEngine();
    const name = await buildOriginalImage(docker, { binary }, await buildImage(), pinned);
    await using _image = removedAfter(name);
    await using flawless = await new FlawlessContainer({ image: { name } }).start();
    expect(await flawless.client.version()).toBe("1.0.0-beta.3");
    expect(await flawless.readLog()).toContain(
      "up --working-dir /data/flawless --bind 0.0.0.0:27288",
    );
    expect(await buildOriginalImage(docker, { binary }, await buildImage(), pinned)).toBe(name);
  });

  test("is downloaded while the image is built, if it has the pinned checksum", async () => {
    const on = await buildImage();
    // Serves the program to the container of the build, which is on the same network by default.
    const serve = `require("node:http").createServer((_, response) => response.end(${JSON.stringify(program)})).listen(8080)`;
    const { docker } = await findEngine();
    await using server = await new FlawlessContainer({ image: { name: on } })
      .withEntrypoint([imagePaths.node, "--eval", serve])
      .withPublishedPorts()
      .withWaitStrategy({
        waitUntilReady: async () => undefined,
        withStartupTimeout() {
          return this;
        },
        isStartupTimeoutSet: () => true,
        getStartupTimeout: () => 0,
      })
      .start();
    const url = `http://${server.networkAddress}:8080/flawless`;
    const name = await buildOriginalImage(docker, { download: true }, on, { ...pinned, url });
    await using _image = removedAfter(name);
    await using flawless = await new FlawlessContainer({ image: { name } }).start();
    expect(await flawless.client.version()).toBe("1.0.0-beta.3");

    const other = { url, sha256: "0".repeat(64) };
    await expect(buildOriginalImage(docker, { download: true }, on, other)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_BINARY_REFUSED",
      message: expect.stringContaining(pinned.sha256),
    });
  });

  test("is refused if the file is a different one, or missing", async () => {
    using directory = new TemporaryDirectory();
    const binary = join(directory.path, "flawless");
    await writeFile(binary, "another program");
    await expect(
      new FlawlessContainer({ server: "flawless", binary }).start(),
    ).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_BINARY_REFUSED",
      message: expect.stringMatching(
        /b511598babcde8a8bc7898f6e0c7b06b3f51a2d26227fba1cc480b06af5a215c.*1\.0\.0-beta\.3/s,
      ),
    });
    const missing = join(directory.path, "nothing");
    await expect(
      new FlawlessContainer({ server: "flawless", binary: missing }).start(),
    ).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_BINARY_REFUSED" });
  });
});
