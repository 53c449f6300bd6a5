import { appendFileSync } from "node:fs";
import type { ProgramHelp } from "./cli-reference.ts";
import { code, plain, table } from "./markdown.ts";

/** Adds a table of all options of each program to the configuration page of docs/. */
export function writeConfigurationReference(page: string, all: readonly ProgramHelp[]): void {
  const parts = all.map((program) => {
    const rows = optionsOf(program).map(({ option, commands, description, standard }) => [
      code(option),
      commands.map(code).join(", "),
      plain(description),
      plain(standard),
    ]);
    return `## Options of \`${program[0].name}\`\n\n${table(["Option", "Commands", "", "Default"], rows)}`;
  });
  appendFileSync(page, `\n${parts.join("\n\n")}\n`);
}

/** An option, with all the commands that have it. */
export interface OptionRow {
  readonly option: string;
  readonly commands: readonly string[];
  readonly description: string;
  readonly standard: string;
}

/** The options of a program's commands, by name; one that several commands describe in the same words has one row. */
export function optionsOf([program, ...commands]: ProgramHelp): readonly OptionRow[] {
  const rows = new Map<string, { option: string; commands: string[]; description: string }>();
  for (const { name, help } of commands) {
    for (const { term, description } of help.options) {
      if (term === "-h, --help") continue;
      const key = `${term} ${description}`;
      const row = rows.get(key) ?? { option: term, commands: [], description };
      row.commands.push(name.slice(program.name.length + 1));
      rows.set(key, row);
    }
  }
  return [...rows.values()]
    .map((row) => ({ ...row, ...withoutDefault(row.description) }))
    .toSorted((one, other) => compare(nameOf(one.option), nameOf(other.option)));
}

/** Splits the default from a description, which ends with it. */
export function withoutDefault(text: string): { description: string; standard: string } {
  const [, description, standard] = /^(.*?)(?:; default: | \(default: )(.*?)\)?$/.exec(text) ?? [];
  return { description: description ?? text, standard: standard ?? "" };
}

function nameOf(option: string): string {
  return option.replace(/^-\w, /, "");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
