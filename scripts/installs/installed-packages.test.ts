import { expect, test } from "vitest";
import { installedPackages, type LockedPackages, nameOf } from "./installed-packages.ts";

const locked: LockedPackages = {
  "node_modules/@shop/client": { resolved: "packages/client", link: true },
  "packages/client": {
    dependencies: { http: "1" },
    optionalDependencies: { fast: "1" },
    peerDependencies: { effect: "4", schema: "1" },
    peerDependenciesMeta: { effect: { optional: true } },
  },
  "packages/client/node_modules/http": { dependencies: { url: "1", http: "1" } },
  "node_modules/http": {},
  "node_modules/url": { dependencies: { "@shop/client": "1" } },
  "node_modules/fast": { optional: true },
  "node_modules/schema": {},
  "node_modules/effect": {},
};

test("an installation has everything needed to run, from where Node finds it; cycles end", () => {
  const found = installedPackages("@shop/client", locked);
  expect(found).toEqual([
    "node_modules/fast",
    "node_modules/schema",
    "node_modules/url",
    "packages/client",
    "packages/client/node_modules/http",
  ]);
  expect(found.map((each) => nameOf(each, locked))).toEqual([
    "fast",
    "schema",
    "url",
    "@shop/client",
    "http",
  ]);
});

test("a package that is missing in the lock file is reported", () => {
  const { "node_modules/url": _, ...rest } = locked;
  expect(() => installedPackages("@shop/client", rest)).toThrow(
    "package-lock.json has no url, which packages/client/node_modules/http needs",
  );
});

test("an optional package that is missing in the lock file is omitted", () => {
  const { "node_modules/fast": _, ...rest } = locked;
  expect(installedPackages("@shop/client", rest)).toEqual(
    installedPackages("@shop/client", locked).filter((each) => each !== "node_modules/fast"),
  );
});
