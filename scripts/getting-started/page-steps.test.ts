import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isPrinted, type PageStep, stepsOf } from "./page-steps.ts";

describe("what a page says to do", () => {
  test("is parsed: sections, files, commands with their output, and terminals", () => {
    const page = `# Title

Other than \`src/a.ts\`, save
\`src/b.ts\`:

\`\`\`ts
export const b = 1;
\`\`\`

## Run it

\`\`\`sh
cd somewhere
npm test
\`\`\`

This prints:

\`\`\`text
ok
\`\`\`

\`\`\`sh [server]
npm start
\`\`\`
`;
    expect(stepsOf(page)).toEqual([
      { kind: "file", path: "src/b.ts", text: "export const b = 1;\n" },
      { kind: "section", title: "Run it" },
      {
        kind: "commands",
        terminal: undefined,
        commands: ["cd somewhere", "npm test"],
        prints: ["ok"],
      },
      { kind: "commands", terminal: "server", commands: ["npm start"], prints: [] },
    ]);
  });

  test.each([
    ["a file without a name", "Save this:\n\n```ts\nexport {};\n```\n"],
    ["output of nothing", "```text\nok\n```\n"],
    ["a language that nobody runs", "```json\n{}\n```\n"],
  ])("%s is refused", (_, page) => {
    expect(() => stepsOf(page)).toThrow("Nobody can follow this block");
  });
});

test.each([
  ["deployed a:1 in ... ms", "x\n  deployed a:1 in 12 ms\n", true],
  ["deployed a:1 in ... ms", "deployed b:1 in 12 ms", false],
  ["ok", "not ok", false],
  ["(2 tests)", "2 tests", false],
])("whether %j is among %j: %s", (line, printed, expected) => {
  expect(isPrinted(line, printed)).toBe(expected);
});

describe("docs/getting-started.md", () => {
  const steps = stepsOf(readFileSync("docs/getting-started.md", "utf8"));
  const firstOf = (path: string): PageStep | undefined =>
    steps.find((step) => step.kind === "file" && step.path === path);

  test("leads from the installation to a deployment", () => {
    expect(steps.flatMap((step) => (step.kind === "section" ? [step.title] : []))).toEqual([
      "Install",
      "Write your first workflow",
      "Write your first test",
      "Write your first activity",
      "Run it",
      "Deploy it",
      "Where to go next",
    ]);
    const commands = steps.flatMap((step) => (step.kind === "commands" ? step.commands : []));
    expect(commands.length).toBeGreaterThan(15);
  });

  test("has all the commands that README.md lists for a project", () => {
    const readme = readFileSync("README.md", "utf8");
    const section = readme.slice(readme.indexOf("## Use it in your project"));
    const [, block = ""] = /```sh\n([^]*?)```/.exec(section) ?? [];
    const commands = block
      .trim()
      .split("\n")
      .map((line) => line.replace(/ +#.*/, ""));
    const followed = steps.flatMap((step) => (step.kind === "commands" ? step.commands : []));
    expect(commands.filter((command) => !followed.includes(command))).toEqual([]);
    expect(commands).toContain("npm test");
  });

  test.each(["orders.ts", "orders.test.ts"])("shows %s as `flawless init` makes it", (file) => {
    const text = readFileSync(`packages/server/template/src/${file}`, "utf8");
    expect(firstOf(`src/${file}`)).toEqual({ kind: "file", path: `src/${file}`, text });
  });
});
