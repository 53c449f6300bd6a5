import { expect, test } from "vitest";
import {
  checkControlPlaneOptions,
  type ControlPlaneServerOptions,
} from "./control-plane-options.ts";

const directory = "data";
const store = { postgres: { url: "postgres://host/database" } };

test.each([
  { directory },
  { directory, rules: { maxRetries: 1 }, port: 0 },
  { store, nodeId: "node-2" },
])("a node accepts %j", (options) => {
  expect(() => checkControlPlaneOptions(options)).not.toThrow();
});

test.each([
  [{ directory, Port: 1 }, "Port", "Did you mean `port`?"],
  [{ directory, rules: { maxRetry: 1 } }, "rules.maxRetry", "Did you mean `rules.maxRetries`?"],
  [{ directory, join: "http://127.0.0.1:3020" }, "join", "there is no such option"],
])("a node refuses %j", (options, option, advice) => {
  expect(() => checkControlPlaneOptions(options as ControlPlaneServerOptions)).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_INVALID_OPTION",
      option,
      message: expect.stringContaining(advice),
    }),
  );
});
