import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../../testing/vitest-project/", import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

/** Vitest's output for the project, whose tests fail on purpose. */
function runVitest(): Promise<string> {
  // The inner Vitest must not inherit this one's settings.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_|FORCE_)/.test(name)),
  );
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, "run", "--root", project, "--reporter", "default"],
      { env: { ...env, NO_COLOR: "1" } },
      (_error, stdout, stderr) => resolve(stripVTControlCharacters(stdout + stderr)),
    );
  });
}

describe("a failed test", () => {
  let output = "";

  beforeAll(async () => {
    output = await runVitest();
  }, 60_000);

  /** The output for the failures of one test. */
  function failuresOf(name: string): readonly string[] {
    return output
      .split(/^ FAIL {2}/m)
      .slice(1)
      .filter((part) => part.split("\n")[0]?.endsWith(` > ${name}`) === true);
  }

  test("prints its workflows' journals below the diff, once", () => {
    const failures = failuresOf("has the wrong sum");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(
      /^Error: expected workflow add .*\n[^]*\n- 6\n\+ 5\n\nJournals of the test's workflows\n\nadd wkf_/m,
    );
    expect(failures[0]).toMatch(/^ {2}2 +\+0 ms +0 ms +SendResponse 5$/m);
    expect(failures[0]?.match(/Journals of/g)).toHaveLength(1);
  });

  test("prints them if there is no diff to show", () => {
    const [failure] = failuresOf("throws");
    expect(failure).toMatch(/^Error: thrown by the test\n\nJournals of the test's workflows/m);
    expect(failure).toMatch(/RecvMessage approve +\(waiting\)$/m);
  });

  test("prints them if closing its environment fails", () => {
    const failures = failuresOf("leaves a request unanswered");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^TestkitError: A workflow sent GET http:\/\/nobody\.example\//m);
    expect(failures[0]).toMatch(/^ {2}2 .* GET http:\/\/nobody\.example\/ /m);
  });

  test("prints them after a timeout", () => {
    const [failure] = failuresOf("takes too long");
    expect(failure).toContain("Test timed out");
    expect(failure).toMatch(/RecvMessage approve +\(waiting\)$/m);
  });

  test("prints those of each attempt", () => {
    expect(failuresOf("fails twice (initial run)")).toEqual([
      expect.stringMatching(/SendResponse 1$/m),
    ]);
    expect(failuresOf("fails twice (1st retry)")).toEqual([
      expect.stringMatching(/SendResponse 2$/m),
    ]);
  });

  test("prints no journals if no workflow ran", () => {
    const [failure] = failuresOf("uses no workflow");
    expect(failure).toContain("to have a length of 1");
    expect(failure).not.toContain("Journals of");
  });

  test.each([1, 2, 3])("prints its own journals, concurrently with others (%i)", (sum) => {
    const [failure] = failuresOf(`adds to ${sum}`);
    expect(failure?.match(/GetInput .*/g)).toEqual([
      expect.stringContaining(`{"a":${sum},"b":1000}`),
    ]);
  });

  test("doesn't make others print anything", () => {
    expect(output).not.toContain("SendResponse 50");
    expect(output).toMatch(/ 9 failed \| 1 passed /);
  });
});
