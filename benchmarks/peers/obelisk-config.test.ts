import { describe, expect, test } from "vitest";
import {
  obeliskDeployment,
  obeliskResponse,
  obeliskServerConfig,
  obeliskSubmission,
} from "./obelisk-config.ts";
import { workflows } from "./workflows.ts";

test("a server listens on its port only, and keeps its files in the given places", () => {
  const config = obeliskServerConfig({
    apiPort: 4_321,
    database: '/data/with "quotes"',
    cache: "/cache",
  });
  expect(config.split("\n")).toEqual([
    'api.listening_addr = "127.0.0.1:4321"',
    "webui.enabled = false",
    "external.enabled = false",
    String.raw`database.sqlite.directory = "/data/with \"quotes\""`,
    'wasm.cache_directory = "/cache/wasm"',
    'wasm.codegen_cache.directory = "/cache/codegen"',
    "",
  ]);
});

test("a deployment has both components, and lets activities send requests to the site only", () => {
  const deployment = obeliskDeployment(
    { activities: "/built/activities.wasm", workflows: "/built/workflows.wasm" },
    "http://127.0.0.1:8080/path",
  );
  expect(deployment).toContain('location = "/built/activities.wasm"');
  expect(deployment).toContain('location = "/built/workflows.wasm"');
  expect(deployment.match(/pattern = .*/g)).toEqual(['pattern = "http://127.0.0.1:8080"']);
});

describe("a workflow", () => {
  test("is started by the name of its function, with the site only for requests", () => {
    const site = "http://127.0.0.1:8080/";
    expect(
      workflows.map(({ name }) => JSON.parse(obeliskSubmission(name, site)) as unknown),
    ).toEqual([
      { ffqn: "bench:workflows/workflows.noop", params: [] },
      { ffqn: "bench:workflows/workflows.ten-steps", params: [] },
      { ffqn: "bench:workflows/workflows.ten-steps", params: [] },
      { ffqn: "bench:workflows/workflows.ten-requests", params: [site] },
    ]);
  });

  test("responds with its result's value, or fails", () => {
    expect(obeliskResponse({ ok: null })).toBeNull();
    expect(obeliskResponse({ ok: [200, 200] })).toEqual([200, 200]);
    for (const failed of [{ error: "no route" }, { execution_failure: {} }, null, undefined]) {
      expect(() => obeliskResponse(failed)).toThrow("a workflow ended with");
    }
  });
});
