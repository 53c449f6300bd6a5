import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { startMembers } from "./start-members.ts";

test("with ticket, a missing package is reported before anything is started", async () => {
  using directory = new TemporaryDirectory();
  await using started = new AsyncDisposableStack();
  await expect(
    startMembers({ topology: "ticket", nodes: 2 }, started, directory.path),
  ).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_NO_IROH" });
});
