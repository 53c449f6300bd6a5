import { expect, test } from "vitest";
import { runCli } from "../testing/run-cli.ts";

/** The commands that a help lists, without `help` itself. */
function commandsIn(help: string): readonly string[] {
  const [, list = ""] = help.split("Commands:\n");
  return [...list.matchAll(/^ {2}(\w[\w-]*)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help");
}

test("every command takes --json", async () => {
  const commands = commandsIn((await runCli(["--help"])).stdout);
  expect(commands).toEqual(expect.arrayContaining(["dev", "init", "up", "journal"]));
  const without: string[] = [];
  for (const name of commands) {
    const { stdout: help } = await runCli([name, "--help"]);
    for (const subcommand of commandsIn(help)) {
      const { stdout } = await runCli([name, subcommand, "--help"]);
      if (!stdout.includes("--json")) without.push(`${name} ${subcommand}`);
    }
    if (commandsIn(help).length === 0 && !help.includes("--json")) without.push(name);
  }
  expect(without).toEqual([]);
});
