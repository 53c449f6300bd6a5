import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

test.each([["dev", "orders.ts"], ["up"]])(
  "`flawless %s --with-parent` shuts down when its input ends",
  async (...command) => {
    using directory = new TemporaryDirectory();
    const args = [...command, "--bind", "127.0.0.1:0", "--with-parent"];
    // Its input is at its end from the start.
    await using started = new CliProcess(args, { cwd: directory.path });
    expect(await started.end).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ is ready on http:/),
    });
  },
);
