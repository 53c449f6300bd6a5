/** The results of one group of tests. */
export interface GroupResult {
  passed: number;
  failed: number;
  /** Failures by the feature that the tests name; `-`: none. */
  readonly features: Map<string, number>;
}

/** The page about the suite: what passes, and the groups with failures. */
export function report(groups: ReadonlyMap<string, GroupResult>, skipped: number): string {
  const all = [...groups.values()];
  const passed = all.reduce((sum, group) => sum + group.passed, 0);
  const failed = all.reduce((sum, group) => sum + group.failed, 0);
  const rows = [...groups]
    .filter(([, group]) => group.failed > 0)
    .toSorted(([, a], [, b]) => b.failed - a.failed)
    .map(([name, group]) => [
      `\`${name}\``,
      String(group.passed),
      String(group.failed),
      features(group),
    ]);
  return [
    "# test262",
    "",
    `Workflows pass ${count(passed)} of the ${count(passed + failed)} tests that were run from test262, Ecma's test suite for JavaScript:`,
    `${((100 * passed) / (passed + failed)).toFixed(1)} %. Another ${count(skipped)} were skipped: modules and dynamic imports (workflows are bundled), shared memory and agents,`,
    "other realms, global code and direct `eval` (the tests are run by `eval`), `Temporal` and proposals, the generated tests of",
    "Unicode properties in regular expressions, and the suite for `Intl`.",
    "",
    "The suite is not part of this repository. To run it, check out `tc39/test262`:",
    "",
    "```sh",
    "npm run test262 -- ../test262 --write   # writes this page",
    "```",
    "",
    "Groups with failing tests, and the features that those tests name:",
    "",
    ...table(["group", "passed", "failed", "features"], rows),
    "",
  ].join("\n");
}

function features({ features: found }: GroupResult): string {
  const named = [...found]
    .filter(([name]) => name !== "-")
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, number]) => `${name} (${number})`);
  return named.join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 || index === 3 ? "---" : "--:"))),
    ...rows.map(line),
  ];
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
