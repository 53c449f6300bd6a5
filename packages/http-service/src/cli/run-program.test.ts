import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { CliError } from "./cli-error.ts";
import { collect } from "./collect.ts";
import { runProgram } from "./run-program.ts";

async function run(
  args: readonly string[],
  error?: unknown,
  explain: (error: unknown) => string | undefined = () => undefined,
): Promise<readonly unknown[]> {
  const out: string[] = [];
  const warnings: string[] = [];
  const description = {
    name: "tool",
    description: "A tool.",
    version: "1.2.3",
    commands: [
      (program: Command): void => {
        program
          .command("work")
          .option("--tool <name>", "a tool; repeatable", collect, [])
          .option("--times <n>", "how often", "1")
          .action(() => {
            if (error !== undefined) {
              throw error;
            }
          });
      },
    ],
    explain,
  };
  const code = await runProgram(description, args, {
    env: {},
    print: (line) => void out.push(line),
    warn: (line) => void warnings.push(line),
  });
  return [code, out.join("\n"), warnings.join("\n")];
}

describe("runProgram", () => {
  test("exits with 0 on success", async () => {
    expect(await run(["work"])).toEqual([0, "", ""]);
    expect(await run(["--version"])).toEqual([0, "1.2.3", ""]);
  });

  test("reports an error on one line", async () => {
    expect(await run(["work"], new Error("one\n  two\u001b[2J"))).toEqual([
      1,
      "",
      String.raw`error: one two\u001b[2J`,
    ]);
  });

  test("prints the details below, each line without control characters", async () => {
    const details = ["  1 | code", "    | ^\u001b[2J"];
    expect(await run(["work"], new CliError("bad code", { details }))).toEqual([
      1,
      "",
      `error: bad code\n  1 | code\n    | ^${String.raw`\u001b[2J`}`,
    ]);
  });

  test("says what an error means to somebody at the command line", async () => {
    const error = new Error("Set the option.");
    const explain = (cause: unknown): string | undefined =>
      cause === error ? "Set the variable." : undefined;
    expect(await run(["work"], error, explain)).toEqual([1, "", "error: Set the variable."]);
    expect(await run(["work"], new Error("other"), explain)).toEqual([1, "", "error: other"]);
  });

  test("shows defaults, but no empty lists", async () => {
    const [code, help] = await run(["work", "--help"]);
    expect(code).toBe(0);
    expect(help).toMatch(/--tool <name> +a tool; repeatable$/m);
    expect(help).toMatch(/--times <n> +how often \(default: "1"\)$/m);
  });

  test("exits with 2 on wrong usage", async () => {
    expect((await run(["work"], new CliError("no", { exitCode: 2 })))[0]).toBe(2);
    expect(await run(["play"])).toEqual([2, "", "error: unknown command 'play'"]);
  });
});
