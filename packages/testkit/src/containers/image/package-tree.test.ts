import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { collectPackages } from "./package-tree.ts";

type Manifest = Readonly<Record<string, unknown>>;

/** Installs packages by location, as a package manager would. */
function install(root: string, packages: Readonly<Record<string, Manifest>>): void {
  for (const [location, manifest] of Object.entries(packages)) {
    const directory = join(root, location);
    const name = location.split("node_modules/").at(-1);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, "package.json"),
      JSON.stringify({ name, version: "1.0.0", ...manifest }),
    );
  }
}

function locations(root: string, names: readonly string[]): readonly string[] {
  return collectPackages(names, root).map(({ location, version }) => `${location}@${version}`);
}

test("two versions of a package are each placed where their dependents find them", () => {
  using directory = new TemporaryDirectory();
  install(directory.path, {
    "node_modules/a": { dependencies: { shared: "1", c: "1" } },
    "node_modules/b": { dependencies: { shared: "2" } },
    "node_modules/c": { dependencies: { shared: "1" } },
    "node_modules/shared": { version: "1.0.0" },
    "node_modules/b/node_modules/shared": { version: "2.0.0" },
    "node_modules/nobody-needs-it": {},
  });
  expect(locations(directory.path, ["a", "b"])).toEqual([
    "node_modules/a@1.0.0",
    "node_modules/b@1.0.0",
    "node_modules/b/node_modules/shared@2.0.0",
    "node_modules/c@1.0.0",
    "node_modules/shared@1.0.0",
  ]);
});

test("cycles end; optional packages and peers may be missing; the module builder is omitted", () => {
  using directory = new TemporaryDirectory();
  install(directory.path, {
    "node_modules/a": {
      dependencies: { b: "1", "@flawless-ts/module-builder": "1" },
      optionalDependencies: { missing: "1", there: "1" },
      peerDependencies: { peer: "1", effect: "1" },
      peerDependenciesMeta: { effect: { optional: true } },
    },
    "node_modules/b": { dependencies: { a: "1" } },
    "node_modules/there": {},
    "node_modules/peer": {},
    "node_modules/effect": {},
    "node_modules/@flawless-ts/module-builder": {},
  });
  expect(locations(directory.path, ["a"])).toEqual([
    "node_modules/a@1.0.0",
    "node_modules/b@1.0.0",
    "node_modules/peer@1.0.0",
    "node_modules/there@1.0.0",
  ]);
});

test("extra packages are included if they are installed, with their dependencies", () => {
  using directory = new TemporaryDirectory();
  install(directory.path, {
    "node_modules/a": {},
    "node_modules/tickets": { optionalDependencies: { "tickets-linux": "1", "tickets-mac": "1" } },
    "node_modules/tickets-linux": {},
  });
  const found = collectPackages(["a"], directory.path, ["tickets", "missing"]);
  expect(found.map(({ name }) => name)).toEqual(["a", "tickets", "tickets-linux"]);
});

test("a missing dependency is reported, with its dependent", () => {
  using directory = new TemporaryDirectory();
  install(directory.path, { "node_modules/a": { dependencies: { "not-there": "1" } } });
  expect(() => locations(directory.path, ["a"])).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_TESTKIT_IMAGE_FAILED",
      message: expect.stringMatching(/not-there, which a needs/),
    }),
  );
});
