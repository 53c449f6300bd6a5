import { describe, expect, test } from "vitest";
import { bundlers, clientBytes } from "./testing/bundle-scenario.ts";

describe.each(Object.entries(bundlers))("the client bundled by %s", (_name, bundle) => {
  test("imports nothing of Node's for a browser", async () => {
    expect(await bundle("scenario.ts", "browser")).not.toMatch(
      /\b(?:from|require\(|import\()\s*"node:/,
    );
  });
});

test("alone it is small, as nothing of it is bundled that is not used", async () => {
  expect(await clientBytes()).toBeLessThan(28 * 1024);
});
