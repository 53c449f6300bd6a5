import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

test("`flawless dev --with-parent` shuts down when its input ends", async () => {
  using directory = new TemporaryDirectory();
  const args = ["dev", "orders.ts", "--bind", "127.0.0.1:0", "--with-parent"];
  // Its input is at its end from the start.
  await using dev = new CliProcess(args, { cwd: directory.path });
  expect(await dev.end).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ is ready on http:/),
  });
});
