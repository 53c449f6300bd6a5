import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test, vi } from "vitest";
import { freePort } from "../../docker/free-port.ts";
import type { RoleCommand, RoleName } from "./roles.ts";

const main = fileURLToPath(new URL("../../testing/supervise-main.ts", import.meta.url));

/** A role that logs when it starts and when it is told to end, and serves its health if it gets a port. */
const script = `
const [name, port, code, endsAfterMs] = process.argv.slice(2);
process.on("SIGTERM", () => { console.error("told to end"); process.exit(Number(code)); });
console.error("started");
if (port !== "0") {
  require("node:http").createServer((_, response) => response.end()).listen(Number(port), "127.0.0.1");
}
setTimeout(() => process.exit(Number(code)), Number(endsAfterMs));
`;

interface Role {
  readonly role: RoleName;
  readonly port?: number;
  readonly code?: number;
  readonly endsAfterMs?: number;
}

function supervised(directory: string, roles: readonly Role[]): CliProcess {
  const file = join(directory, "role.cjs");
  writeFileSync(file, script);
  const commands = roles.map(({ role, port = 0, code = 0, endsAfterMs = 60_000 }): RoleCommand => ({
    role,
    file,
    isProgram: false,
    args: [role, port, code, endsAfterMs].map(String),
    environment: {},
    question: { url: `http://127.0.0.1:${port}/health`, token: null, elseUrl: null },
  }));
  return new CliProcess(main, [JSON.stringify(commands)]);
}

/** Waits until the output contains this text. */
async function untilSaid(process: CliProcess, text: string): Promise<void> {
  await vi.waitUntil(() => process.stderr.includes(text), { timeout: 20_000, interval: 10 });
}

test("starts a role once the previous one responds, and ends them in reverse order", async () => {
  using directory = new TemporaryDirectory();
  const port = await freePort("127.0.0.1", new Set());
  await using process = supervised(directory.path, [
    { role: "flawless", port },
    { role: "worker" },
  ]);
  await untilSaid(process, "worker | started");
  process.kill("SIGTERM");
  const { code, stderr } = await process.end;
  expect(stderr.trim().split("\n")).toEqual([
    "flawless | started",
    "worker | started",
    "worker | told to end",
    "flawless | told to end",
  ]);
  expect(code).toBe(0);
});

test("exits with the code of the role that ends by itself, after ending the others", async () => {
  using directory = new TemporaryDirectory();
  const port = await freePort("127.0.0.1", new Set());
  await using process = supervised(directory.path, [
    { role: "flawless", port },
    { role: "worker", code: 7, endsAfterMs: 0 },
  ]);
  const { code, stderr } = await process.end;
  expect(stderr).toContain("flawless | told to end");
  expect(code).toBe(7);
});

test("ends if the first role ends before it responds; the next is never started", async () => {
  using directory = new TemporaryDirectory();
  await using process = supervised(directory.path, [
    { role: "flawless", code: 3, endsAfterMs: 0 },
    { role: "worker" },
  ]);
  const { code, stderr } = await process.end;
  expect(stderr).toBe("flawless | started\n");
  expect(code).toBe(3);
});

test("a single role writes its own lines, and ends on the signal", async () => {
  using directory = new TemporaryDirectory();
  await using process = supervised(directory.path, [{ role: "worker", code: 5 }]);
  await untilSaid(process, "started");
  process.kill("SIGTERM");
  const { code, stderr } = await process.end;
  expect(stderr).toBe("started\ntold to end\n");
  expect(code).toBe(5);
});

test("a missing program ends it with a reason", async () => {
  const missing: RoleCommand = {
    role: "flawless",
    file: "/no/such/program",
    isProgram: true,
    args: [],
    environment: {},
    question: { url: "http://127.0.0.1:1/", token: null, elseUrl: null },
  };
  await using process = new CliProcess(main, [JSON.stringify([missing])]);
  const { code, stderr } = await process.end;
  expect(stderr).toContain("flawless could not be started");
  expect(code).toBe(126);
});
