import { writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, expect, test } from "vitest";

/** Where npm has put the command. */
const commands = fileURLToPath(new URL("../../../../node_modules/.bin", import.meta.url));
const repository = fileURLToPath(new URL("../../../..", import.meta.url));

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

function upArguments(): readonly string[] {
  return ["up", "--working-dir", directory.join("data"), "--bind", "127.0.0.1:0", "--json"];
}

/** Starts a server by npm, and waits until it is ready. */
async function launched(args: readonly string[], cwd: string): Promise<CliProcess> {
  const [first = "", ...others] = args;
  const launcher = new CliProcess(first, others, {
    program: "npm",
    cwd,
    group: true,
    env: { PATH: [commands, process.env["PATH"]].join(delimiter) },
  });
  const { url } = JSON.parse(await launcher.firstLine) as { readonly url: string };
  expect((await fetch(`${url}/health`)).status).toBe(200);
  return launcher;
}

test.each(["SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "%s to npx also ends the server, gracefully",
  async (signal) => {
    await using launcher = await launched(["exec", "--", "flawless", ...upArguments()], repository);
    launcher.kill(signal);
    // Both write to the same pipes: they are closed when both have ended.
    const end = await launcher.end;
    expect(end.signal).toBe(signal);
    expect(end.stderr).toContain("shutting down");
  },
);

test("Ctrl-C ends npx and the server gracefully", async () => {
  await using launcher = await launched(["exec", "--", "flawless", ...upArguments()], repository);
  launcher.killGroup("SIGINT");
  expect((await launcher.end).stderr).toMatch(/"signal":"SIGINT".*shutting down/);
});

test("SIGTERM to `npm run` ends the server too", async () => {
  const script = `true && flawless ${upArguments().join(" ")}`;
  writeFileSync(directory.join("package.json"), JSON.stringify({ scripts: { serve: script } }));
  await using launcher = await launched(["run", "--silent", "serve"], directory.path);
  launcher.kill("SIGTERM");
  expect((await launcher.end).stderr).toContain("shutting down");
});
