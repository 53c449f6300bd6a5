import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CliProcess } from "./cli-process.ts";

/** Runs until it is killed, or for longer than any test. */
const endless = "setTimeout(() => undefined, 300_000)";
const last = `console.log("started"); ${endless}`;
/** Starts its first parameter. */
const leader = `require("node:child_process").spawn(process.execPath, ["-e", process.argv[1]], { stdio: "inherit" }); ${endless}`;

/** A program that starts Node with its parameters, to end with it. */
const parent = (group: boolean): string => `
  import { spawn } from "node:child_process";
  import { endWithThisProcess } from ${JSON.stringify(new URL("end-with-this-process.ts", import.meta.url).href)};
  const stdio = ["ignore", "inherit", "inherit"];
  const child = spawn(process.execPath, process.argv.slice(1), { stdio, detached: ${group} });
  endWithThisProcess(child, { group: ${group} });
`;

function startParent(group: boolean, ...parameters: readonly string[]): CliProcess {
  const nodeOptions = ["--input-type=module"];
  return new CliProcess("-e", [parent(group), "--", ...parameters], { nodeOptions });
}

test.each([
  ["a child process ends", false, ["-e", last]],
  ["what a child process has started in its group ends", true, ["-e", leader, last]],
] as const)("%s with a parent that is killed", async (_, group, parameters) => {
  await using started = startParent(group, ...parameters);
  expect(await started.firstLine).toBe("started");
  started.kill("SIGKILL");
  // All of them write to the same pipes, which are closed when the last one has ended.
  expect(await started.end).toMatchObject({ signal: "SIGKILL", stderr: "" });
});

test("a parent ends although it has started something that ends with it", async () => {
  await using started = startParent(false, "-e", "");
  expect(await started.end).toMatchObject({ code: 0, stderr: "" });
});

test("a process that has ended by itself is not killed: its id may be another's", async () => {
  const script = fileURLToPath(new URL("guard-processes.ts", import.meta.url));
  const guard = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "inherit"] });
  const [ended, left] = [0, 1].map(() =>
    spawn(process.execPath, ["-e", endless], { stdio: "ignore" }),
  );
  if (ended === undefined || left === undefined) throw new Error("not started");
  const ends = Promise.all([once(ended, "exit"), once(left, "exit"), once(guard, "exit")]);
  guard.stdin.write(`+${ended.pid}\n+${left.pid}\n-${ended.pid}\n`);
  guard.stdin.end();
  await once(guard, "close");
  ended.kill("SIGTERM");
  expect(await ends).toEqual([
    [null, "SIGTERM"],
    [null, "SIGKILL"],
    [0, null],
  ]);
});
