import { describe, expect, test } from "vitest";
import { needsNode } from "./needs-node.ts";

describe("a Node", () => {
  test.each([
    ["20.19.2", "22.19"],
    ["22.18.0", "22.19"],
    ["23.9.0", "24"],
  ])("%s is refused, because %s is needed", (node, needed) => {
    expect(() => needsNode(needed, { versions: { node }, execPath: "/usr/bin/node" })).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_NODE_TOO_OLD",
        message: `Flawless needs Node ${needed} or newer, but this is Node ${node} (/usr/bin/node). Install a newer one, or put it first on the PATH.`,
      }),
    );
  });

  test.each([
    ["22.19.0", "22.19"],
    ["23.0.0", "22.19"],
    ["24.0.0", "24"],
  ])("%s is new enough for %s", (node, needed) => {
    expect(() => needsNode(needed, { versions: { node } })).not.toThrow();
  });
});

test("a platform other than Node passes", () => {
  expect(() => needsNode("24", {})).not.toThrow();
});
