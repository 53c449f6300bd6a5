import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultApiLimits } from "./api/api-options.ts";
import { limitNames } from "./cli/up-limits.ts";
import { defaultLimits } from "./engine/limits.ts";
import {
  headerCharacters,
  messageTypeCharacters,
  maxHeaders,
  maxMessageTypes,
  nameCharacters,
  urlCharacters,
} from "./executor/call-limits.ts";
import { defaultLogCharactersPerSecond } from "./server-parts.ts";

const page = readFileSync(new URL("../../../docs/limits.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const decimal = (value: number): string => value.toLocaleString("en-US");

/** The row of a limit. */
function rowOf(name: string): string {
  const found = rows.filter((row) => row.startsWith(`| \`${name}\` `));
  expect(found, `the rows of ${name}`).toHaveLength(1);
  return found[0] ?? "";
}

/** The value as written on the page. */
function written(name: string, value: number): string {
  for (const [unit, size] of [
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
  ] as const) {
    if (/Bytes$|Characters$/.test(name) && value % size === 0) {
      return `${value / size} ${unit}${name.endsWith("Bytes") ? "B" : ""}`;
    }
  }
  return decimal(value);
}

const defaults: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    Object.entries(defaultLimits).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  ),
  ...defaultApiLimits,
  logCharactersPerSecond: defaultLogCharactersPerSecond,
};

describe("the page about limits", () => {
  test.each(limitNames)("has %s", (name) => {
    expect(rowOf(name).split("|").length).toBe(8);
  });

  test.each(Object.entries(defaults))("has the default of %s", (name, value) => {
    expect(rowOf(name).split("|")[3]?.trim()).toMatch(
      new RegExp(`^${written(name, value).replaceAll(".", "\\.")}( |$)`),
    );
  });

  test("has no unknown limits", () => {
    const told = rows.map((row) => row.split("`")[1]);
    expect(told.toSorted()).toEqual([...limitNames]);
  });

  test("has the limits of host calls", () => {
    for (const [count, characters] of [
      [maxMessageTypes, messageTypeCharacters],
      [maxHeaders, headerCharacters],
    ] as const) {
      expect(page).toContain(`${decimal(count)}, with ${decimal(characters)} characters`);
    }
    expect(page).toContain(`${decimal(urlCharacters)}; ${decimal(nameCharacters)}`);
  });

  test("names existing tests and files", () => {
    const sources = [".", "../../http-service/src"].map((each) => new URL(each, import.meta.url));
    const there = new Set(
      sources
        .flatMap((each) => readdirSync(each, { encoding: "utf8", recursive: true }))
        .map((each) => basename(each)),
    );
    const files = [...page.matchAll(/`([\w.-]+\.ts)`/g)].map(([, file]) => file ?? "");
    expect(files.length).toBeGreaterThan(limitNames.length);
    const missing = files.filter((file) => !there.has(file));
    expect(missing).toEqual([]);
  });
});
