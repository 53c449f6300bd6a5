import { readdir, readFile } from "node:fs/promises";
import { FlawlessError, RefusedError } from "@flawless-ts/sdk";
import { describe, expect, test, vi } from "vitest";
import { errorsOfAllClasses } from "../testing/errors-of-all-classes.ts";

type ErrorClass = abstract new (...args: never[]) => FlawlessError;

const packages = new URL("../../../", import.meta.url);

/** What users can import: each entry point of each published package, as an import specifier. */
async function entries(): Promise<readonly string[]> {
  const names = await readdir(packages);
  const manifests = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`${name}/package.json`, packages), "utf8");
      return JSON.parse(text) as {
        readonly name: string;
        readonly private?: boolean;
        readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
      };
    }),
  );
  return manifests.flatMap((manifest) =>
    manifest.private === true
      ? []
      : Object.entries(manifest.exports).flatMap(([path, target]) =>
          target["@flawless-ts/source"]?.endsWith(".ts") === true && target["default"] !== undefined
            ? [manifest.name + path.slice(1)]
            : [],
        ),
  );
}

async function exportedClasses(base: ErrorClass): Promise<ReadonlyMap<string, ErrorClass>> {
  const modules = await Promise.all(
    (await entries()).map((entry) => import(/* @vite-ignore */ entry) as Promise<object>),
  );
  const found = modules
    .flatMap((module) => Object.values(module) as readonly unknown[])
    .filter(
      (value): value is ErrorClass =>
        typeof value === "function" &&
        Object.prototype.isPrototypeOf.call(base.prototype, value.prototype as object),
    );
  return new Map([...new Set(found)].map((errorClass) => [errorClass.name, errorClass]));
}

const all = errorsOfAllClasses();
const classes = await exportedClasses(FlawlessError);
/** Abstract base classes. */
const abstract: readonly ErrorClass[] = [RefusedError];

test("every error class that a package exports is in the table", () => {
  const made = new Set<unknown>(all.map((error) => error.constructor));
  const missing = [...classes].filter(([, each]) => !made.has(each) && !abstract.includes(each));
  expect(missing).toEqual([]);
  expect(made.size).toBe(all.length);
});

test("each class has its own tag, which is its name", () => {
  expect(all.map(({ _tag }) => _tag)).toEqual(all.map((error) => error.constructor.name));
  expect(new Set(all.map(({ _tag }) => _tag)).size).toBe(all.length);
});

test("each code is FLAWLESS_WHAT; services send it without the prefix", () => {
  const services = ["ApiError", "ControlPlaneError", "EngineError"];
  for (const { _tag, code } of all) {
    const shape = services.includes(_tag)
      ? /^(?!FLAWLESS)[A-Z]+(_[A-Z]+)*$/
      : /^FLAWLESS(_[A-Z]+)+$/;
    expect(code, _tag).toMatch(shape);
  }
});

describe.each(all.map((error) => [error._tag, error] as const))("%s", (_, error) => {
  test("is an instance of its class and its base classes, and nothing else", () => {
    const expected = [...classes.values()].filter((each) =>
      Object.prototype.isPrototypeOf.call(each.prototype, error),
    );
    expect(expected).toContain(error.constructor);
    expect([...classes.values()].filter((each) => isOf(each, error))).toEqual(expected);
    expect([...classes.values()].filter((each) => error instanceof each)).toEqual(expected);
    expect(FlawlessError.is(error)).toBe(true);
  });

  test("is thrown with its name", () => {
    expect(error.stack).toMatch(new RegExp(`^${error._tag}: `));
  });
});

test("the classes of another copy of all packages recognize them just the same", async () => {
  vi.resetModules();
  const { FlawlessError: otherBase } = await import("@flawless-ts/sdk");
  const others = await exportedClasses(otherBase);
  expect([...others.keys()].toSorted()).toEqual([...classes.keys()].toSorted());
  const named = (known: ReadonlyMap<string, ErrorClass>, error: unknown): readonly string[] =>
    [...known]
      .filter(([, each]) => isOf(each, error) && error instanceof each)
      .map(([name]) => name);
  for (const error of all) {
    expect(others.get(error._tag)).not.toBe(classes.get(error._tag));
    expect(error).toBeInstanceOf(otherBase);
    expect(named(others, error).toSorted(), error._tag).toEqual(named(classes, error).toSorted());
  }
});

function isOf(errorClass: ErrorClass, value: unknown): boolean {
  return (errorClass as typeof FlawlessError).is(value);
}
