import { CliError } from "@flawless-ts/http-service";
import { describe, expect, test } from "vitest";
import { readSettings, type UpOptions } from "./up-settings.ts";

const none: UpOptions = {
  flawless: true,
  modules: true,
  logLevel: "info",
  limit: [],
};

describe("settings", () => {
  test("have defaults", () => {
    expect(readSettings(none, {})).toEqual({
      bind: "127.0.0.1:3020",
      nodeId: undefined,
      advertisedUrl: undefined,
      store: undefined,
      flawlessUrl: "http://127.0.0.1:27288",
      flawlessToken: undefined,
      advertisedFlawlessUrl: undefined,
      modules: undefined,
      rules: {},
      apiLimits: {},
    });
  });

  test("have limits by name", () => {
    const limit = ["blobBytes=2Gi", "eventStreams=5"];
    expect(readSettings({ ...none, limit }, {}).apiLimits).toEqual({
      blobBytes: 2 * 2 ** 30,
      eventStreams: 5,
    });
    expect(() => readSettings({ ...none, limit: ["residentGuests=1"] }, {})).toThrow(
      /There is no limit residentGuests, only blobBytes, /,
    );
  });

  test("come from the environment", () => {
    const env = {
      HTTP_PORT: "4000",
      NODE_ID: "node-2",
      FLAWLESS_URL: "http://flawless:27288",
      FLAWLESS_TOKEN: "secret",
      FLAWLESS_ADVERTISED_URL: "http://outside:1",
      CONTROL_PLANE_ADVERTISED_URL: "http://outside:2",
      CONTROL_PLANE_STORE: "postgres://user@db/flawless",
      CONTROL_PLANE_STORE_SCHEMA: "queue",
    };
    expect(readSettings(none, env)).toMatchObject({
      bind: "127.0.0.1:4000",
      nodeId: "node-2",
      flawlessUrl: "http://flawless:27288",
      flawlessToken: "secret",
      advertisedFlawlessUrl: "http://outside:1",
      advertisedUrl: "http://outside:2",
      store: { postgres: { url: "postgres://user@db/flawless", schema: "queue" } },
    });
  });

  test("from options take precedence", () => {
    const options: UpOptions = {
      ...none,
      bind: "0.0.0.0:5000",
      flawlessUrl: "http://option:1",
      advertiseFlawlessUrl: "http://option:2",
      workerTimeout: 10,
      maxRetries: 0,
      module: ["a.wasm", "b.wasm"],
    };
    const env = { HTTP_PORT: "x", FLAWLESS_URL: "x", FLAWLESS_ADVERTISED_URL: "x" };
    expect(readSettings(options, env)).toMatchObject({
      bind: "0.0.0.0:5000",
      flawlessUrl: "http://option:1",
      advertisedFlawlessUrl: "http://option:2",
      modules: ["a.wasm", "b.wasm"],
      rules: { workerTimeoutMs: 10_000, claimTimeoutMs: 10_000, maxRetries: 0 },
    });
  });

  test("for a database take precedence as options, too", () => {
    const options = {
      ...none,
      store: "postgres://a/b",
      storeSchema: "c",
      advertiseUrl: "http://d",
    };
    const env = {
      CONTROL_PLANE_STORE: "x",
      CONTROL_PLANE_STORE_SCHEMA: "x",
      CONTROL_PLANE_ADVERTISED_URL: "x",
    };
    expect(readSettings(options, env)).toMatchObject({
      store: { postgres: { url: "postgres://a/b", schema: "c" } },
      advertisedUrl: "http://d",
    });
  });

  test("count as missing if empty", () => {
    expect(readSettings(none, { HTTP_PORT: "", FLAWLESS_URL: " ", NODE_ID: "" })).toEqual(
      readSettings(none, {}),
    );
  });

  test("can do without Flawless, or without modules", () => {
    expect(readSettings({ ...none, flawless: false }, {}).flawlessUrl).toBeNull();
    expect(readSettings({ ...none, modules: false }, {}).modules).toEqual([]);
  });

  test.each<[string, Partial<UpOptions>, Record<string, string>, RegExp]>([
    ["a port", {}, { HTTP_PORT: "70000" }, /^HTTP_PORT must be a port/],
    ["a port", {}, { HTTP_PORT: "http" }, /^HTTP_PORT must be a port/],
    ["a URL", {}, { FLAWLESS_URL: "flawless:27288" }, /^FLAWLESS_URL has to be an http/],
    ["a URL", { flawlessUrl: "ftp://x" }, {}, /^--flawless-url has to be an http/],
    ["a URL", { advertiseFlawlessUrl: "x" }, {}, /^--advertise-flawless-url has to be/],
    ["a URL", {}, { FLAWLESS_ADVERTISED_URL: "x" }, /^FLAWLESS_ADVERTISED_URL has to be/],
    ["a URL", {}, { CONTROL_PLANE_ADVERTISED_URL: "node-1" }, /_URL has to be .*:3020, but/],
    ["a URL", { store: "mysql://x" }, {}, /^--store has to be a URL such as postgres/],
    ["a URL", {}, { CONTROL_PLANE_STORE: "x" }, /^CONTROL_PLANE_STORE has to be a URL/],
    ["both", { store: "postgres://x/y", dataDir: "." }, {}, /--store and --data-dir contradict/],
    ["one", { storeSchema: "x" }, {}, /^--store-schema is about a database/],
    ["both", { flawless: false, flawlessUrl: "http://x" }, {}, /contradict each other/],
    ["both", { flawless: false, module: ["x"] }, {}, /contradict each other/],
    ["both", { modules: false, module: ["x"] }, {}, /contradict each other/],
  ])("are refused if invalid (%s %j %j)", (_what, options, env, message) => {
    const read = (): unknown => readSettings({ ...none, ...options }, env);
    expect(read).toThrow(CliError);
    expect(read).toThrow(message);
  });
});
