import { spawn } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithThisProcess } from "@flawless-ts/testkit/internal";
import { expect, test } from "vitest";
import { describeUnless } from "../describe-unless.ts";
import { namespaceCommand, type NamespaceCommand } from "./network-namespace.ts";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const longestMs = 120_000;

/**
 * Runs the tests named `*.loopback.test.ts` below a directory in a separate network namespace with only loopback
 * addresses, so that what they start can't reach a real network. They are skipped if the machine can't create one, but
 * not in CI.
 *
 * @param directory `import.meta.dirname`
 * @param files the names of the tests to run. Default: all
 */
export function testLoopbackOnly(directory: string, files: readonly string[] = [""]): void {
  const command = namespaceCommand();
  const missing =
    command === null && process.env["CI"] === undefined
      ? "this machine can't make a network namespace (unshare --net)"
      : null;
  describeUnless(missing, "in a network that has only loopback", () => {
    test(
      `the tests below ${relative(repository, directory)} pass`,
      async () => {
        if (command === null) throw new Error("expected `unshare --net` and `ip` to work");
        const { code, output } = await runVitest(
          command,
          files.map((file) => join(directory, file)),
        );
        expect(code, output).toBe(0);
        expect(output).toMatch(/Tests\s+\d+ passed/);
      },
      longestMs + 10_000,
    );
  });
}

async function runVitest(
  [program, ...args]: NamespaceCommand,
  paths: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
  const run = [process.execPath, vitest, "run", "--config", "vitest.loopback.config.ts", ...paths];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
  const child = spawn(program, [...args, ...run], {
    cwd: repository,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longestMs,
    killSignal: "SIGKILL",
  });
  endWithThisProcess(child);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output };
}
