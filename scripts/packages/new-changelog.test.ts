import { expect, test } from "vitest";
import { newChangelog } from "./new-changelog.ts";

const released = "# Changelog\n\n## 0.1.0\n\n- One.\n";

test("the changes become a new version above the others", () => {
  expect(newChangelog(released, ["Two.", "Three\nlines."], "0.2.0")).toEqual({
    text: "# Changelog\n\n## 0.2.0\n\n- Two.\n- Three\n  lines.\n\n## 0.1.0\n\n- One.\n",
    isFirst: false,
  });
});

test("the first version is below the title", () => {
  expect(newChangelog("# Changelog\n", ["One."], "0.1.0").text).toBe(released);
});

test("an unreleased version is released, with the changes below its entries", () => {
  const before = released.replace("0.1.0", "0.1.0 (not released)");
  expect(newChangelog(before, ["Two."], "0.2.0")).toEqual({
    text: `${released}- Two.\n`,
    isFirst: true,
  });
  expect(newChangelog(before, [], undefined).text).toBe(released);
});

test("only the newest version is released", () => {
  const before = `# Changelog\n\n## 0.2.0 (not released)\n\n- Two.\n\n## 0.1.0\n\n- One.\n`;
  const after = `# Changelog\n\n## 0.2.0\n\n- Two.\n- Three.\n\n## 0.1.0\n\n- One.\n`;
  expect(newChangelog(before, ["Three."], undefined).text).toBe(after);
});

test("nothing is released if nothing has changed", () => {
  expect(() => newChangelog(released, [], undefined)).toThrow(/nothing to release/);
});
