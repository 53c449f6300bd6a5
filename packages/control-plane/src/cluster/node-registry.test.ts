import { describe, expect, test } from "vitest";
import { TestClock } from "../testing/test-clock.ts";
import { type JoinedNode, NodeRegistry } from "./node-registry.ts";

const node: JoinedNode = {
  id: "node-2",
  instance: "first-run",
  url: "http://node-2:3020",
  flawlessUrl: "http://node-2:27288",
};
const entry = { id: node.id, url: node.url, flawlessUrl: node.flawlessUrl };

describe("the list of nodes", () => {
  test("is sorted by name", () => {
    const registry = new NodeRegistry("node-1", new TestClock());
    registry.register({ ...node, id: "node-3" });
    registry.register(node);
    expect(registry.list().map(({ id }) => id)).toEqual(["node-2", "node-3"]);
    expect(registry.list()[0]).toEqual(entry);
  });

  test("loses a node that is silent", () => {
    const clock = new TestClock();
    const registry = new NodeRegistry("node-1", clock, 10_000);
    registry.register(node);
    clock.advance(10_000);
    expect(registry.list()).toEqual([entry]);
    registry.register(node);
    clock.advance(10_001);
    expect(registry.list()).toEqual([]);
  });

  test("loses a node that leaves, but not for what its former run says", () => {
    const registry = new NodeRegistry("node-1", new TestClock());
    registry.register(node);
    registry.register({ ...node, instance: "second-run" });
    registry.leave(node.id, "first-run");
    expect(registry.list()).toEqual([entry]);
    registry.leave(node.id, "second-run");
    expect(registry.list()).toEqual([]);
  });

  test("has each name once", () => {
    const clock = new TestClock();
    const registry = new NodeRegistry("node-1", clock, 10_000);
    registry.register(node);
    const namesake = { ...node, instance: "other", url: "http://other:3020" };
    const refusal = expect.objectContaining({
      code: "NODE_CONFLICT",
      message: expect.stringContaining("node-2 at http://node-2:3020 already"),
    });
    expect(() => registry.register(namesake)).toThrow(refusal);
    expect(() => registry.register({ ...node, id: "node-1" })).toThrow(
      expect.objectContaining({ code: "NODE_CONFLICT" }),
    );
    clock.advance(10_001);
    registry.register(namesake);
    expect(registry.list()[0]?.url).toBe("http://other:3020");
  });

  test("has a limit", () => {
    const registry = new NodeRegistry("node-0", new TestClock());
    for (let n = 1; n <= 1_000; n += 1) {
      registry.register({ ...node, id: `node-${n}` });
    }
    expect(() => registry.register({ ...node, id: "node-1001" })).toThrow(
      expect.objectContaining({ code: "LIMIT_REACHED" }),
    );
    registry.register({ ...node, id: "node-1000", instance: "again" });
  });
});
