import { expect, test } from "vitest";
import { contractSource } from "./contract-source.ts";

test("names each workflow, with unknown types", () => {
  const source = contractSource({
    name: "raw-calls",
    version: "1.0.0",
    workflows: ["start", "two words"],
  });
  expect(source).toContain("export const rawCalls = defineContract({");
  expect(source).toContain('  version: "1.0.0",');
  expect(source).toContain("    start: { input: type<unknown>(), response: type<unknown>() },");
  expect(source).toContain(
    '    "two words": { input: type<unknown>(), response: type<unknown>() },',
  );
});

test.each([
  ["orders", "orders"],
  ["my shop/orders", "myShopOrders"],
  ["7th", "module7th"],
  ["class", "moduleClass"],
  ["type", "moduleType"],
  ["--", "module"],
])("the module %j becomes the variable %s", (name, variable) => {
  expect(contractSource({ name, version: "1", workflows: [] })).toContain(
    `export const ${variable} = `,
  );
});
