import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";
import {
  knownDifferences,
  languageSample,
  missingGlobals,
  otherMissing,
  presentGlobals,
} from "../testing/javascript-features.ts";

const page = new URL("../../../../docs/javascript.md", import.meta.url);

test("each global that the page lists exists and works", async () => {
  const names = Object.keys(presentGlobals);
  const values = await guestValues(names.map((name) => presentGlobals[name]?.probe ?? "false"));
  expect(Object.fromEntries(names.map((name, index) => [name, values[index]]))).toEqual(
    Object.fromEntries(names.map((name) => [name, { value: true }])),
  );
});

test("each global that the page calls missing is missing, and none is listed twice", async () => {
  const missing = Object.keys({ ...missingGlobals, ...otherMissing });
  const [there] = await guestValues([
    `${JSON.stringify(missing)}.filter((name) => name in globalThis)`,
  ]);
  expect(there).toEqual({ value: [] });
  expect(missing.filter((name) => name in presentGlobals)).toEqual([]);
});

test("the globals besides the language's own are those of the page", async () => {
  const [names] = await guestValues(["Object.getOwnPropertyNames(globalThis)"]);
  // The language's own globals: Node's, without those from the web.
  const language = new Set(
    Object.getOwnPropertyNames(globalThis).filter((name) => !(name in presentGlobals)),
  );
  const own = (names as { readonly value: readonly string[] }).value.filter(
    (name) => !language.has(name) && name !== "InternalError",
  );
  expect(own.toSorted()).toEqual(Object.keys(presentGlobals).toSorted());
});

test("language features give the same results as in Node, with the exceptions on the page", async () => {
  const AsyncFunction = (async () => undefined).constructor as new (
    body: string,
  ) => () => Promise<unknown>;
  const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  const different: Record<string, string[]> = {};
  for (const [group, expressions] of Object.entries(languageSample)) {
    const values = await guestValues(
      expressions.map((expression) => `JSON.stringify(${expression})`),
    );
    for (const [index, expression] of expressions.entries()) {
      const expected = asJson(await new AsyncFunction(`return ${expression}`)());
      const found = values[index];
      const value: unknown =
        found !== undefined && "value" in found ? JSON.parse(String(found.value)) : found;
      if (!isDeepStrictEqual(value, expected))
        (different[group] ??= []).push(`${expression} gives ${JSON.stringify(value)}`);
    }
  }
  expect(Object.keys(different), JSON.stringify(different, null, 1)).toEqual(
    Object.keys(knownDifferences),
  );
});

test("docs/javascript.md is generated from these lists (npx vitest run -u writes it)", async () => {
  await expect(pageText()).toMatchFileSnapshot(page.pathname);
});

function pageText(): string {
  const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");
  const noted = (names: readonly string[], note: (name: string) => string | undefined): string =>
    list(
      names
        .toSorted()
        .map((name) => `\`${name}\`${note(name) === undefined ? "" : `: ${note(name) ?? ""}`}`),
    );
  const byAdvice = (advice: Readonly<Record<string, string>>): string => {
    const groups = Map.groupBy(Object.keys(advice).toSorted(), (name) => advice[name] ?? "");
    return list(
      [...groups].map(
        ([text, names]) => `${names.map((name) => `\`${name}\``).join(", ")}: ${text}`,
      ),
    );
  };
  const groups = Object.keys(languageSample);
  return `# JavaScript in workflows

Workflows in TypeScript run in QuickJS-ng, which has all of ECMAScript 2023 and most of what came since. This page lists the web
APIs that they have, compared with ECMA-429, the "Minimum Common Web API" of WinterTC. A test
generates this page, and fails if the engine and the page differ. [test262.md](test262.md) has the results of Ecma's test suite
for the language itself.

## Globals of the web

${noted(Object.keys(presentGlobals), (name) => presentGlobals[name]?.note)}

## Missing

${byAdvice(missingGlobals)}

Not in ECMA-429, but often missed:

${byAdvice(otherMissing)}

## The language

These groups of samples have the same results in a workflow as in Node:

${list(groups.filter((group) => !(group in knownDifferences)))}

Different:

${list(Object.entries(knownDifferences).map(([group, why]) => `${group}: ${why}.`))}

The time zone is UTC. \`JSON.parse\` and \`JSON.stringify\` accept a few thousand levels of nested arrays and objects;
more is a \`RangeError\`.

## Sorting text

\`localeCompare\` and \`Intl.Collator\` sort in Unicode's order for all languages: by letter, then by
accent, then by case, so that \`["b", "a", "C"]\` becomes a, b, C. \`sensitivity\`, \`numeric\`, \`caseFirst\` and
\`ignorePunctuation\` work. Latin, Greek and Cyrillic letters have their places; other scripts follow in the order
of their code points. The language makes no difference: ö is an o with an accent in Swedish, too.

## fetch

- An undefined member of \`init\` counts as missing. One that would be ignored is a \`TypeError\` that says what to
  do instead; \`redirect: "follow"\`, \`cache: "no-store"\` and others that describe what happens anyway are accepted.
- No \`accept-encoding\` is sent unless the workflow sends it. A body with the \`content-encoding\` \`gzip\` or \`deflate\` is
  decoded when it is read; any other, such as \`br\` or \`zstd\`, is a \`TypeError\` that names it. The headers stay unchanged.
- \`responseBodyLimit\` counts decoded bytes; anything beyond it is dropped.
- \`redirected\` says whether the response came from another address. A redirect to the same address can't be noticed.
- A \`signal\` aborts a request, even while it is in progress. The time left of an \`AbortSignal.timeout\` is the request's timeout, which
  ends it with a \`TimeoutError\`. On a server without host extensions, a request blocks the workflow, and only a timeout ends it.

## console

Each call is one line of the log, at the level of its name; \`%s %d %i %f %j %o %O %c %%\` are replaced. Values are shown up to
5 levels, 100 items and 100,000 characters. No call of \`console\` fails a workflow.
`;
}
