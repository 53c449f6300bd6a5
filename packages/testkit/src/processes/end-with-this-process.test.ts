import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CliProcess } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import type { EndWithThisProcessOptions } from "./end-with-this-process.ts";

/** Runs until it is killed, or for longer than any test. */
const endless = "setTimeout(() => undefined, 300_000)";
const last = `console.log("started"); ${endless}`;
/** Starts its first parameter. */
const leader = `require("node:child_process").spawn(process.execPath, ["-e", process.argv[1]], { stdio: "inherit" }); ${endless}`;
const graceful = `process.once("SIGQUIT", () => { console.log("graceful"); process.exit(); }); ${last}`;

/** A program that starts Node with its parameters, to end with it. */
const parent = (options: EndWithThisProcessOptions): string => `
  import { spawn } from "node:child_process";
  import { endWithThisProcess } from ${JSON.stringify(new URL("end-with-this-process.ts", import.meta.url).href)};
  const stdio = ["ignore", "inherit", "inherit"];
  const child = spawn(process.execPath, process.argv.slice(1), { stdio, detached: ${options.group} });
  endWithThisProcess(child, ${JSON.stringify(options)});
  console.log("parent is ready");
`;

function startParent(
  options: EndWithThisProcessOptions,
  ...parameters: readonly string[]
): CliProcess {
  const nodeOptions = ["--input-type=module"];
  return new CliProcess("-e", [parent(options), "--", ...parameters], { nodeOptions });
}

test.each([
  ["a child process is killed", {}, ["-e", last], ""],
  ["what a child process has started is killed", { group: true }, ["-e", leader, last], ""],
  ["a child process gets a signal", { signal: "SIGQUIT" }, ["-e", graceful], "graceful\n"],
] as const)("%s if its parent is", async (_, options, parameters, end) => {
  await using started = startParent(options, ...parameters);
  const lines = (): readonly string[] => started.stdout.split("\n").toSorted();
  await expect.poll(lines).toEqual(["", "parent is ready", "started"]);
  started.kill("SIGKILL");
  // All of them write to the same pipes, which are closed when the last one has ended.
  expect(await started.end).toMatchObject({
    signal: "SIGKILL",
    stdout: expect.stringMatching(new RegExp(`\n${end}$`)),
    stderr: "",
  });
});

test("a parent ends although it has started something that ends with it", async () => {
  await using started = startParent({}, "-e", "");
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
  guard.stdin.write(`+SIGKILL ${ended.pid}\n+SIGKILL ${left.pid}\n-SIGKILL ${ended.pid}\n`);
  guard.stdin.end();
  await once(guard, "close");
  ended.kill("SIGTERM");
  expect(await ends).toEqual([
    [null, "SIGTERM"],
    [null, "SIGKILL"],
    [0, null],
  ]);
});
