import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type HelpEntry, type HelpText, parseHelp } from "./help-text.ts";
import { code, plain, table } from "./markdown.ts";
import { repository, writePage } from "./places.ts";

/** The packages' programs, and the files that start them. */
const programs = {
  flawless: "packages/server/bin/flawless.js",
  "control-plane": "packages/control-plane/bin/control-plane.js",
} as const;

/** A command, such as `flawless schedule create`, and its help. */
export interface CommandHelp {
  readonly name: string;
  readonly help: HelpText;
}

/** All commands of a program, the program itself first. */
export type ProgramHelp = readonly [CommandHelp, ...CommandHelp[]];

/** Runs each program, and each of its commands, with `--help`. */
export function askPrograms(): readonly ProgramHelp[] {
  return Object.entries(programs).map(([name, file]) => {
    const ask = (...command: readonly string[]): CommandHelp[] => {
      const text = execFileSync(process.execPath, [join(repository, file), ...command, "--help"], {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
      });
      const help = parseHelp(text);
      const below = commandsIn(help).flatMap((each) => ask(...command, each));
      return [{ name: [name, ...command].join(" "), help }, ...below];
    };
    return ask() as unknown as ProgramHelp;
  });
}

/** The names of the commands that a help text lists, except `help`. */
export function commandsIn({ commands }: HelpText): readonly string[] {
  return commands
    .map(({ term }) => term.split(" ")[0] as string)
    .filter((command) => command !== "help");
}

/** Writes a page for each program. */
export function writeCliReference(directory: string, all: readonly ProgramHelp[]): void {
  for (const [program, ...commands] of all) {
    const list = commands.map(({ name, help }) => [
      `[${code(name)}](#${name.replaceAll(" ", "-")})`,
      plain(help.description),
    ]);
    const text = [
      `# ${program.name}`,
      plain(program.help.description),
      table(["Command", ""], list),
      ...commands.map(renderCommand),
    ];
    writePage(
      join(directory, `${program.name}.md`),
      text.filter((part) => part !== "").join("\n\n"),
    );
  }
}

/** A command as a section of its program's page. */
export function renderCommand({ name, help }: CommandHelp): string {
  const { usage, description, options } = help;
  return [
    `## ${name}`,
    `${plain(description)}.`,
    `\`\`\`sh\n${usage}\n\`\`\``,
    table(["Argument", ""], help.arguments.map(rowOf)),
    table(["Option", ""], options.filter(({ term }) => term !== "-h, --help").map(rowOf)),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function rowOf({ term, description }: HelpEntry): readonly string[] {
  return [code(term), plain(description)];
}
