import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const commands = fileURLToPath(new URL("../../../../node_modules/.bin", import.meta.url));

test.each(["SIGTERM", "SIGKILL"] as const)(
  "%s to npx ends the node too, in order",
  async (signal) => {
    using directory = new TemporaryDirectory();
    const args = ["--data-dir", directory.join("data"), "--bind", "127.0.0.1:0"];
    await using launcher = new CliProcess("exec", ["--", "control-plane", "up", ...args], {
      program: "npm",
      cwd: repository,
      group: true,
      env: { PATH: [commands, process.env["PATH"]].join(delimiter) },
    });
    expect(await launcher.firstLine).toContain("is ready");
    launcher.kill(signal);
    // Both write to the same pipes, which close when both have ended.
    const end = await launcher.end;
    expect(end.signal).toBe(signal);
    expect(end.stderr).toContain("shutting down");
  },
);
