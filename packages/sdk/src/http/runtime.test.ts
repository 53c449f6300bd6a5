import { expect, test } from "vitest";
import { isNode, runtimeName } from "./runtime.ts";

const process = { versions: { node: "26.0.0" } };

test.each<[string, boolean, object]>([
  ["Node", true, { process, navigator: { userAgent: "Node.js/26" } }],
  ["Node with a browser's globals, as in tests", true, { process, navigator: { userAgent: "x" } }],
  ["Bun", false, { process, Bun: {} }],
  ["Deno", false, { process, Deno: {} }],
  ["Cloudflare", false, { process, navigator: { userAgent: "Cloudflare-Workers" } }],
  ["a browser", false, { navigator: { userAgent: "Mozilla/5.0" } }],
  ["a browser with a stand-in for process", false, { process: { env: {} } }],
])("%s is Node: %s", (_name, expected, runtime) => {
  expect(isNode(runtime)).toBe(expected);
});

test("this is Node, with its version", () => {
  expect(runtimeName()).toMatch(/^node v\d+/);
});
