import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/**
 * Our commands under names that aren't ours: if our package isn't installed, npm takes the command from the registry,
 * from whoever has the name there.
 */
const strangers = /(?<!Not `)\b(?:npx|npm exec|npm x)(?: -\S*)* (?:flawless|control-plane)\b/;

test("no text tells to run a command that npm would take from a stranger", () => {
  const files = execFileSync("git", ["ls-files", "*.md", "*.ts", "*.js", "*.json", "*.yaml"], {
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .filter((file) => !/^(?:CHANGELOG\.md|package-lock\.json|.*\.test\.ts)$/.test(file));
  const found = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) => (strangers.test(line) ? [`${file}:${index + 1}: ${line}`] : [])),
  );

  expect(found).toEqual([]);
});

test.each([
  "npx flawless up",
  "npx -y flawless",
  "npm exec -- flawless up",
  "npx control-plane up",
])("%s would be found", (line) => {
  expect(line).toMatch(strangers);
});

test.each(["npx @flawless-ts/server up", "Not `npx flawless`", "node_modules/.bin/flawless up"])(
  "%s is right",
  (line) => {
    expect(line).not.toMatch(strangers);
  },
);
