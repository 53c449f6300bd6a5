import { globSync } from "node:fs";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** Test files that `npm test` omits. */
export interface LeftOut {
  /** The Vitest project they belong to. */
  readonly project: string;
  /** What they are, such as "tests in containers". */
  readonly what: string;
  /** Their paths, as globs. */
  readonly include: readonly string[];
}

/** Prints a line at the end of a run of the quick tests: what was omitted, why, and how to run it. */
export class WhatWasLeftOut implements Reporter {
  readonly #parts: readonly LeftOut[];
  #vitest: Vitest | undefined;

  constructor(parts: readonly LeftOut[]) {
    this.#parts = parts;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const line = this.#vitest === undefined ? undefined : this.#line(this.#vitest, modules);
    if (line !== undefined) {
      console.log(`${line}\n`);
    }
  }

  #line(vitest: Vitest, modules: readonly TestModule[]): string | undefined {
    const projects = new Set(vitest.projects.map(({ name }) => name));
    const parts = this.#parts
      .filter(({ project }) => projects.has("unit") && !projects.has(project))
      .map(({ what, include }) => {
        const files = globSync([...include], { cwd: vitest.config.root });
        return `${files.length} files of ${what}`;
      });
    const skipped = skippedTests(modules);
    if (parts.length + skipped.length === 0) {
      return undefined;
    }
    const how = parts.length === 0 ? "" : " `npm run test:all` runs all that this machine can run.";
    return `Left out: ${[...parts, ...skipped].join("; ")}.${how}`;
  }
}

/** How many tests were skipped for each reason. */
function skippedTests(modules: readonly TestModule[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const module of modules) {
    for (const test of module.children.allTests("skipped")) {
      const reason = reasonOf(test.parent);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return [...counts].map(([reason, count]) => `${count} tests, because ${reason}`);
}

type Parent = TestModule["children"] extends { allSuites(): Iterable<infer Suite> } ? Suite : never;

function reasonOf(parent: Parent | TestModule): string {
  if (parent.type === "module") {
    return "they say so themselves";
  }
  return parent.meta().missing ?? reasonOf(parent.parent);
}
