import { fileURLToPath } from "node:url";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";

const bin = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test.each([
  [
    "control-plane",
    bin("control-plane/bin/control-plane.js"),
    ["up", "--no-flawless", "--bind", "127.0.0.1:7020", "--data-dir"],
  ],
  ["flawless", bin("server/bin/flawless.js"), ["up", "--bind", "127.0.0.1:7021", "--working-dir"]],
] as const)(
  "`%s up --iroh` prints its ticket in the last line, and has the same one after a restart",
  async (_name, script, args) => {
    using directory = new TemporaryDirectory();
    const tickets: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      await using server = new CliProcess(script, [...args, directory.path, "--iroh"]);
      await server.firstLine;
      server.kill("SIGTERM");
      const { code, stdout } = await server.end;
      expect(code).toBe(0);
      const line = stdout
        .trimEnd()
        .split("\n")
        .findLast((each) => each.includes("iroh+h3://endpoint"));
      tickets.push(line?.split(" ")[0] ?? "");
    }
    expect(tickets[0]).toMatch(/^iroh\+h3:\/\/endpoint[a-z2-7]+\/$/);
    expect(tickets[1]).toBe(tickets[0]);
  },
);

test("options of iroh without --iroh are refused", async () => {
  using directory = new TemporaryDirectory();
  const script = bin("control-plane/bin/control-plane.js");
  const args = ["up", "--no-flawless", "--data-dir", directory.path];
  await using server = new CliProcess(script, [...args, "--iroh-discovery"]);
  const { code, stderr } = await server.end;
  expect([code, stderr]).toEqual([2, expect.stringContaining("need --iroh")]);
});
