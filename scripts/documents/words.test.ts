import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** CONTRIBUTING.md says which words to use instead. */
const refused =
  /\b(?:an URL|a HTTP|befall|abortion|in vain|of no use|mends?|mended|so long after|what it has not|for ever)\b/i;
/** The page that explains the words, this test, and texts that stay as they were. */
const exempt = /^(?:CONTRIBUTING\.md|scripts\/documents\/words\.test\.ts|CHANGELOG\.md)$/;

test("texts, comments and messages use the words that CONTRIBUTING.md prescribes", () => {
  const files = execFileSync("git", ["ls-files", "*.md", "*.ts", "*.mjs"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((file) => !exempt.test(file));
  const found = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        refused.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );

  expect(found).toEqual([]);
});
