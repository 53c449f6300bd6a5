/** The steps of a reader who follows a page. */
export type PageStep =
  /** Saves a file, or checks that it already exists with this text. */
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  /** Runs commands; those in a named terminal continue until the section ends. */
  | {
      readonly kind: "commands";
      readonly terminal: string | undefined;
      readonly commands: readonly string[];
      /** Lines of output, with `...` for anything that varies. */
      readonly prints: readonly string[];
    }
  /** Ends what is running in named terminals. */
  | { readonly kind: "section"; readonly title: string };

/** A heading, a fenced block with its language and info, or a paragraph. */
const part = /^## (?<title>.+)$|^```(?<info>.*)\n(?<body>[^]*?)^```$|^(?<prose>[^\n#].*)$/gm;

/**
 * Parses the steps in a page of Markdown. A TypeScript block is a file, which the paragraph before it names; an `sh`
 * block has commands, which run in a separate terminal if the block says `[name]`; a `text` block has the output of the
 * commands before it.
 *
 * @throws Error for any other block
 */
export function stepsOf(markdown: string): readonly PageStep[] {
  const steps: PageStep[] = [];
  let paragraph = "";
  for (const { groups = {} } of markdown.matchAll(part)) {
    const { title, info, body = "", prose } = groups;
    if (title !== undefined) {
      steps.push({ kind: "section", title });
    } else if (info !== undefined) {
      const step = stepOf(info, body, paragraph, steps.at(-1));
      if (step.kind === "commands" && step.prints.length > 0) steps.pop();
      steps.push(step);
      paragraph = "";
    } else if (prose !== undefined) {
      paragraph = `${paragraph} ${prose}`;
    }
  }
  return steps;
}

function stepOf(
  info: string,
  body: string,
  paragraph: string,
  before: PageStep | undefined,
): PageStep {
  const [language, terminal] = info.split(/ ?[[\]]/);
  if (language === "ts") {
    // The last one named: a paragraph may mention other files before.
    const path = [...paragraph.matchAll(/`([\w./-]+\.ts)`/g)].at(-1)?.[1];
    if (path !== undefined) return { kind: "file", path, text: body };
  }
  if (language === "sh") {
    return { kind: "commands", terminal, commands: body.trim().split("\n"), prints: [] };
  }
  if (language === "text" && before?.kind === "commands" && before.prints.length === 0) {
    return { ...before, prints: body.trim().split("\n") };
  }
  throw new Error(
    `Nobody can follow this block of \`${info}\`: expected \`ts\` after a paragraph that names the file, \`sh\`, or \`text\` right after \`sh\`.\n${body}`,
  );
}

/** Whether a line that a page shows was printed. */
export function isPrinted(line: string, printed: string): boolean {
  const pattern = line
    .trim()
    .split("...")
    .map((text) => text.replaceAll(/[\^$*+?.()|[\]{}]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^\\s*${pattern}\\s*$`, "m").test(printed);
}
