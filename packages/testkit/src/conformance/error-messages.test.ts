import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../../", import.meta.url));
/** Matches classes whose messages are sentences. Others compose theirs from parts. */
const throwsSentence =
  /new (?:Abi|Api|ControlPlane|Engine|Module|SqliteOpen|Testkit|WasiModule)Error\(\s*(?:[\w.]+|"[\w-]+"),\s*(["`])((?:\\.|(?!\1)[^\\])*)\1/g;
/** A value at the end may be another program's message, with or without a full stop. */
const sentence = /^(?:[^a-z]|\$\{)[^]*(?:[.!?] ?|[ }])$/;

test("messages of errors are sentences: what was expected, what came, what to do", () => {
  const files = globSync("*/src/**/*.ts", { cwd: packages }).filter(
    (path) => !/\.test\.ts$|\/testing\/|\/reliability\/|\/fuzz\//.test(path),
  );
  const messages = files.flatMap((path) =>
    [...readFileSync(`${packages}${path}`, "utf8").matchAll(throwsSentence)].map(
      ([, , message = ""]) => `${path}: ${message}`,
    ),
  );
  expect(messages.length).toBeGreaterThan(100);
  expect(messages.filter((line) => !sentence.test(line.slice(line.indexOf(": ") + 2)))).toEqual([]);
});
