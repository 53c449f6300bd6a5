import { beforeAll, expect, test } from "vitest";
import { installedPackages, lockedPackages } from "./installed-packages.ts";
import limits from "./limits.json" with { type: "json" };
import { type Install, measureInstalls } from "./measure-installs.ts";

const names = Object.keys(limits) as (keyof typeof limits)[];
let installs: ReadonlyMap<string, Install>;

beforeAll(() => {
  installs = measureInstalls(names, lockedPackages());
}, 120_000);

test("the sdk installs a client, but no bundler, engine or server", () => {
  expect(installs.get("@flawless-ts/sdk")?.packages).toEqual([
    "@flawless-ts/sdk",
    "@flawless-ts/wasm-module",
    "@standard-schema/spec",
    "@types/node",
    "eventsource-parser",
    "undici",
    "undici-types",
  ]);
});

test.each(names)("%s installs no more than limits.json allows", (name) => {
  const { packages = [], megabytes = 0 } = installs.get(name) ?? {};
  expect(packages).toContain(name);
  expect(packages.length, `the packages are ${packages.join(", ")}`).toBeLessThanOrEqual(
    limits[name].packages,
  );
  expect(megabytes).toBeLessThanOrEqual(limits[name].megabytes);
});

test.each(names)("%s installs nothing that runs a script on installation", (name) => {
  const locked = lockedPackages();
  const found = installedPackages(name, locked).filter((each) => locked[each]?.hasInstallScript);
  expect(found).toEqual([]);
});

test.each([
  ["@flawless-ts/control-plane", "rolldown"],
  ["@flawless-ts/control-plane", "@flawless-ts/server"],
  ["@flawless-ts/control-plane", "@number0/iroh"],
  ["@flawless-ts/server", "@number0/iroh"],
  ["@flawless-ts/testkit", "@number0/iroh"],
  ["@flawless-ts/testkit", "@wasmer/wasi"],
  ["@flawless-ts/testkit", "testcontainers"],
  ["@flawless-ts/testkit", "ssh2"],
  ["@flawless-ts/testkit", "fastify"],
  ["@flawless-ts/server", "fastify"],
  ["@flawless-ts/server", "prom-client"],
  ["@flawless-ts/wasi", "@flawless-ts/server"],
])("%s doesn't bring %s", (name, unwanted) => {
  expect(installs.get(name)?.packages).not.toContain(unwanted);
});
