import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { type HelpText, parseHelp } from "../../docs-site/scripts/help-text.ts";
import { runCommand } from "../../packages/server/src/cli/program.ts";

interface Snippet {
  /** The page and line where it begins. */
  readonly place: string;
  readonly text: string;
}

const pages = globSync(["README.md", "docs/*.md", "packages/*/README.md", "examples/*/README.md"]);

function snippetsIn(language: string): readonly Snippet[] {
  const fence = new RegExp(`^\`\`\`${language}(?: .*)?\\n([^]*?)^\`\`\`$`, "gm");
  return pages.flatMap((page) => {
    const markdown = readFileSync(page, "utf8");
    return [...markdown.matchAll(fence)].map(({ index, 1: text = "" }) => ({
      place: `${page}:${markdown.slice(0, index).split("\n").length}`,
      text,
    }));
  });
}

test("each TypeScript snippet in a page can be parsed", () => {
  const snippets = snippetsIn("ts");
  const broken = snippets.flatMap(({ place, text }) => {
    try {
      // Some pages show part of a function.
      stripTypeScriptTypes(`async () => {${text.replaceAll(/^(?:import|export) .*?;$/gms, "")}\n}`);
      return [];
    } catch (asPart) {
      try {
        stripTypeScriptTypes(text);
        return [];
      } catch {
        return [`${place}: ${(asPart as Error).message}`];
      }
    }
  });
  expect(broken).toEqual([]);
  expect(snippets.length).toBeGreaterThan(80);
});

/** The help text of a `flawless` command. */
async function helpOf(command: readonly string[]): Promise<HelpText> {
  let printed = "";
  const print = (text: string): void => {
    printed += `${text}\n`;
  };
  await runCommand([...command, "--help"], { env: {}, print, warn: print });
  return parseHelp(printed);
}

/** The commands in a page, without the remarks beside them. */
function commandsIn({ text }: Snippet): readonly (readonly string[])[] {
  return text
    .replaceAll(/ *\\\n */g, " ")
    .split("\n")
    .map((line) => /^(?:flawless|npx @flawless-ts\/server) (.*)$/.exec(line.replace(/ +#.*/, "")))
    .flatMap((found) => (found === null ? [] : [(found[1] ?? "").split(" ")]));
}

test("each `flawless` command in a page exists, and has the options used", async () => {
  const root = await helpOf([]);
  const names = root.commands.map(({ term }) => term.split(" ")[0] as string);
  const wrong: string[] = [];
  const seen = snippetsIn("sh").flatMap((snippet) =>
    commandsIn(snippet).map((words) => ({ place: snippet.place, words })),
  );
  for (const { place, words } of seen) {
    const [name = "", below = ""] = words;
    if (!names.includes(name)) {
      wrong.push(`${place}: there is no command ${name}`);
      continue;
    }
    const group = await helpOf([name]);
    const command = group.commands.length === 0 ? [name] : [name, below];
    const { options } = await helpOf(command);
    const known = options.flatMap(({ term }) => term.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? []);
    for (const option of words.filter((word) => /^--?[a-z]/.test(word))) {
      if (!known.includes(option)) wrong.push(`${place}: ${command.join(" ")} has no ${option}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(seen.length).toBeGreaterThan(50);
});
