import { describe, expect, test } from "vitest";
import { type Html, html } from "./html.ts";
import { diffRegions, type Region, type Regions } from "./patch.ts";

const none: Region = new Map();

function withJobs(jobs: Readonly<Record<string, Html>>): Regions {
  return { counts: none, jobs: new Map(Object.entries(jobs)) };
}

describe("the difference between two states of a page", () => {
  const before = withJobs({ a: html`<p>a</p>`, b: html`<p>b</p>` });

  test("is empty if nothing changed", () => {
    expect(diffRegions(before, withJobs({ a: html`<p>a</p>`, b: html`<p>b</p>` }))).toEqual([]);
  });

  test("has all pieces if nothing was shown before", () => {
    expect(diffRegions(null, before)).toContainEqual({
      region: "jobs",
      keys: ["a", "b"],
      changed: { a: "<p>a</p>", b: "<p>b</p>" },
    });
  });

  test("has what is new or different, and the order of all", () => {
    expect(
      diffRegions(before, withJobs({ c: html`<p>c</p>`, b: html`<p>b</p>`, a: html`<p>A</p>` })),
    ).toEqual([
      { region: "jobs", keys: ["c", "b", "a"], changed: { c: "<p>c</p>", a: "<p>A</p>" } },
    ]);
  });

  test("shows what is gone only by the list of keys", () => {
    expect(diffRegions(before, withJobs({ b: html`<p>b</p>` }))).toEqual([
      { region: "jobs", keys: ["b"], changed: {} },
    ]);
  });
});
