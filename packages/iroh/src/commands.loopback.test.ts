import { fileURLToPath } from "node:url";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { parseTicket } from "./ticket.ts";

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

test.each([["--iroh-discovery"], ["--iroh-advertise", "203.0.113.7:3020"]])(
  "%s without --iroh is refused",
  async (...options) => {
    using directory = new TemporaryDirectory();
    const script = bin("control-plane/bin/control-plane.js");
    const args = ["up", "--no-flawless", "--data-dir", directory.path];
    await using server = new CliProcess(script, [...args, ...options]);
    const { code, stderr } = await server.end;
    expect([code, stderr]).toEqual([2, expect.stringContaining("need --iroh")]);
  },
);

test("--iroh-advertise sets the ticket's addresses", async () => {
  using directory = new TemporaryDirectory();
  const script = bin("server/bin/flawless.js");
  const args = ["up", "--bind", "127.0.0.1:7022", "--working-dir", directory.path, "--json"];
  const address = "203.0.113.7:3020";
  await using server = new CliProcess(script, [...args, "--iroh", "--iroh-advertise", address]);
  const { ticket } = JSON.parse(await server.firstLine) as { readonly ticket: string };
  expect(parseTicket(ticket).directAddresses()).toEqual([address]);
});
