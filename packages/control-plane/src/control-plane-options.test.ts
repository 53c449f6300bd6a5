import { expect, test } from "vitest";
import { checkControlPlaneOptions, type JoinOptions } from "./control-plane-options.ts";

const directory = "data";
const join = "http://127.0.0.1:3020";

test.each([
  { directory },
  { directory, rules: { maxRetries: 1 }, join: undefined, port: 0 },
  { join, joinToken: "secret", nodeId: "node-2" },
])("a node can have %j", (options) => {
  expect(() => checkControlPlaneOptions(options as JoinOptions)).not.toThrow();
});

test.each([
  [{ directory, Port: 1 }, "Port", "Did you mean `port`?"],
  [{ directory, rules: { maxRetry: 1 } }, "rules.maxRetry", "Did you mean `rules.maxRetries`?"],
  [{ join, directory }, "directory", "there is no such option"],
  [{ join, rules: {} }, "rules", "there is no such option"],
  [{ directory, joinToken: "secret" }, "joinToken", "there is no such option"],
])("a node can't have %j", (options, option, advice) => {
  expect(() => checkControlPlaneOptions(options as JoinOptions)).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_INVALID_OPTION",
      option,
      message: expect.stringContaining(advice),
    }),
  );
});
