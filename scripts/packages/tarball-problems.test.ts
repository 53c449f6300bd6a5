import { expect, test } from "vitest";
import type { Tarball } from "./pack.ts";
import { tarballProblems } from "./tarball-problems.ts";

const url = "https://github.com/flawless-ts/flawless-ts";
const files = ["README.md", "LICENSE", "package.json", "dist/index.js", "src/index.ts"];
const good: Tarball = {
  directory: "packages/good",
  file: "good.tgz",
  files: new Set(files),
  manifest: {
    name: "good",
    version: "1.0.0",
    description: "Good.",
    keywords: ["good"],
    license: "Apache-2.0",
    homepage: `${url}/tree/main/packages/good#readme`,
    repository: { url: `git+${url}.git`, directory: "packages/good" },
    bugs: { url: `${url}/issues` },
    engines: { node: ">=24" },
    exports: { ".": { default: "./dist/index.js" } },
    dependencies: { other: "^1.0.0" },
  },
};

test("a good package has no problems", () => {
  expect(tarballProblems(good)).toEqual([]);
});

test.each([
  ["LICENSE", /LICENSE is not packed/],
  ["README.md", /README\.md is not packed/],
  ["dist/index.js", /dist\/index\.js is not packed/],
])("%s must be packed", (left, problem) => {
  const packed = new Set(files.filter((file) => file !== left));
  expect(tarballProblems({ ...good, files: packed })).toContainEqual(
    expect.stringMatching(problem),
  );
});

test("the tests of the project that `flawless init` creates are packed", () => {
  const packed = new Set([...files, "template/src/orders.test.ts"]);
  expect(tarballProblems({ ...good, files: packed })).toEqual([]);
});

test.each([
  ["dist/.tsbuildinfo", /only tests need/],
  ["src/testing/helper.ts", /only tests need/],
  ["src/index.test.ts", /only tests need/],
  ["dist/gone.js", /without its source/],
  ["src/extra.ts", /not built/],
])("%s must not be packed", (added, problem) => {
  const packed = new Set([...files, added]);
  expect(tarballProblems({ ...good, files: packed })).toEqual([expect.stringMatching(problem)]);
});

test("exact versions of dependencies, and missing URLs, are reported", () => {
  const { bugs: _, ...manifest } = good.manifest;
  const dependencies = { other: "1.0.0" };
  expect(tarballProblems({ ...good, manifest: { ...manifest, dependencies } })).toEqual([
    "bugs.url is missing or wrong",
    "other is pinned to 1.0.0: give a range, such as ^1.0.0",
  ]);
});
