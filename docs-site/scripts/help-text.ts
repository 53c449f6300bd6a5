/** A command's output for `--help`. */
export interface HelpText {
  /** How to call it, such as `flawless up [options]`. */
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly HelpEntry[];
  readonly options: readonly HelpEntry[];
  readonly commands: readonly HelpEntry[];
}

/** An argument, an option or a command, and its description. */
export interface HelpEntry {
  /** Such as `-o, --output <file>`. */
  readonly term: string;
  readonly description: string;
}

/** Parses commander's help text, which has wrapped lines. */
export function parseHelp(help: string): HelpText {
  const parts = help.trim().split(/\n\n/);
  const [, usage = ""] = /^Usage: ([^]*)$/.exec(parts[0] ?? "") ?? [];
  const lists = new Map(
    parts.flatMap((part) => {
      const [, title, list = ""] = /^(Arguments|Options|Commands):\n([^]*)$/.exec(part) ?? [];
      return title === undefined ? [] : [[title, entriesIn(list)] as const];
    }),
  );
  const description = parts.slice(1).find((part) => !/^\w+:\n/.test(part)) ?? "";
  return {
    usage: joined(usage),
    description: joined(description),
    arguments: lists.get("Arguments") ?? [],
    options: lists.get("Options") ?? [],
    commands: lists.get("Commands") ?? [],
  };
}

function entriesIn(list: string): readonly HelpEntry[] {
  const entries: { term: string; description: string }[] = [];
  for (const line of list.split("\n")) {
    const [, term, text = ""] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    const last = entries.at(-1);
    if (term !== undefined) entries.push({ term, description: text });
    else if (last !== undefined) last.description = joined(`${last.description} ${line}`);
  }
  return entries;
}

function joined(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
