import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repository, writePage } from "./places.ts";

/** The commands of the packages, by the file that starts them. */
const programs = {
  flawless: "packages/server/bin/flawless.js",
  "control-plane": "packages/control-plane/bin/control-plane.js",
} as const;

/** Writes a page for each command, of what it says of itself with `--help`. */
export function writeCliReference(directory: string): void {
  for (const [name, file] of Object.entries(programs)) {
    const help = (...command: readonly string[]): string =>
      execFileSync(process.execPath, [join(repository, file), ...command, "--help"], {
        encoding: "utf8",
        env: { ...process.env, COLUMNS: "100", NO_COLOR: "1" },
      });
    const whole = help();
    const parts = commandsIn(whole).map((command) => section(`${name} ${command}`, help(command)));
    writePage(join(directory, `${name}.md`), [`# ${name}`, fence(whole), ...parts].join("\n\n"));
  }
}

/** The names of the commands that a program's help lists, but for that of the help itself. */
export function commandsIn(help: string): readonly string[] {
  const [, list = ""] = /\nCommands:\n([\s\S]*)/.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)]
    .map(([, command = ""]) => command)
    .filter((command) => command !== "help");
}

function section(title: string, help: string): string {
  return `## ${title}\n\n${fence(help)}`;
}

function fence(text: string): string {
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}
