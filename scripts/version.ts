// Makes a release of the files in .changeset: their texts become the entries of the new version in CHANGELOG.md, all
// packages and their dependencies on each other get its number, and the files are deleted. `npm run version`, then
// commit.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newChangelog } from "./packages/new-changelog.ts";
import { repository } from "./packages/published-packages.ts";
import { run } from "./packages/run.ts";

/** The output of `changeset status --output`. */
interface Status {
  readonly changesets: readonly { readonly id: string; readonly summary: string }[];
  readonly releases: readonly { readonly name: string; readonly newVersion: string }[];
}

const changelog = join(repository, "CHANGELOG.md");
const scratch = mkdtempSync(join(tmpdir(), "flawless-version-"));
try {
  const output = join(scratch, "status.json");
  await run("changeset", ["status", "--output", output]);
  const { changesets, releases } = JSON.parse(readFileSync(output, "utf8")) as Status;
  const [first] = releases;
  const { text, isFirst } = newChangelog(
    readFileSync(changelog, "utf8"),
    changesets.map(({ summary }) => summary),
    first?.newVersion,
  );
  if (isFirst) {
    // The packages already have this version.
    for (const { id } of changesets) rmSync(join(repository, ".changeset", `${id}.md`));
  } else {
    await run("changeset", ["version"]);
    await run("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"]);
  }
  writeFileSync(changelog, text);
} finally {
  rmSync(scratch, { recursive: true });
}
