import { describe, expect, test } from "vitest";
import { controlPlaneOf, secondForm, firstForm } from "../testing/control-plane-answers.ts";
import { FakeServer } from "../testing/fake-server.ts";
import { FakeControlPlane } from "../testing/fake-cluster.ts";
import { HeldSleep } from "../testing/held-sleep.ts";
import {
  discoverFlawlessUrl,
  workerFromEnvironment,
  type Environment,
} from "./from-environment.ts";

const ticket = { CONTROL_PLANE_TICKET: "http://127.0.0.1:3020" };

describe("workerFromEnvironment", () => {
  test("needs only a ticket", async () => {
    await using worker = workerFromEnvironment(ticket);
    expect(worker.id).toMatch(/.-[0-9a-f]{8}$/);
  });

  test("empty variables count as missing", async () => {
    const empty = { FLAWLESS_URL: "", WORKER_ID: "", WORKER_TYPE: " ", FLAWLESS_TOKEN: "" };
    await using worker = workerFromEnvironment({ ...ticket, ...empty });
    expect(worker.activeJobs).toBe(0);
  });

  test.each(["wasm", "WASM", "flawless"])("takes the type %s", async (type) => {
    await using worker = workerFromEnvironment({ ...ticket, WORKER_TYPE: type, WORKER_ID: "me" });
    expect(worker.id).toBe("me");
  });

  test.each<[string, Environment, RegExp]>([
    ["CONTROL_PLANE_TICKET", {}, /required.*http:\/\/127\.0\.0\.1:3020/],
    [
      "CONTROL_PLANE_TICKET",
      { CONTROL_PLANE_TICKET: "iroh+h3://abc" },
      /ticket of an iroh endpoint/,
    ],
    ["CONTROL_PLANE_TICKET", { CONTROL_PLANE_TICKET: "abc" }, /http or https/],
    ["CONTROL_PLANE_TICKET", { CONTROL_PLANE_TICKET: "http://a:b@host" }, /user name/],
    ["CONTROL_PLANE_TOKEN", { ...ticket, CONTROL_PLANE_TOKEN: "a b" }, /visible ASCII/],
    ["FLAWLESS_URL", { ...ticket, FLAWLESS_URL: "localhost:27288" }, /expected http/],
    ["FLAWLESS_TOKEN", { ...ticket, FLAWLESS_TOKEN: "a b" }, /visible ASCII/],
    ["WORKER_TYPE", { ...ticket, WORKER_TYPE: "docker" }, /"wasm" or "firecracker".*"docker"/],
    ["WORKER_TYPE", { ...ticket, WORKER_TYPE: "vm" }, /microVMs/],
    ...["0", "-1", "1.5", "1e3", "30s", "1000000"].map((seconds): [string, Environment, RegExp] => [
      "WORKER_HEARTBEAT_INTERVAL_SECS",
      { ...ticket, WORKER_HEARTBEAT_INTERVAL_SECS: seconds },
      /whole number of seconds/,
    ]),
  ])("refuses a wrong %s: %#", (option, environment, message) => {
    expect(() => workerFromEnvironment(environment)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        option,
        message: expect.stringMatching(message),
      }),
    );
  });

  test("passes token, name, type and interval on, and closes its clients", async () => {
    await using plane = await FakeControlPlane.start("second");
    const sleep = new HeldSleep(7000, 2000);
    const worker = workerFromEnvironment(
      {
        CONTROL_PLANE_TICKET: plane.url,
        CONTROL_PLANE_TOKEN: "secret",
        WORKER_ID: "me",
        WORKER_TYPE: "firecracker",
        WORKER_HEARTBEAT_INTERVAL_SECS: "7",
      },
      { run: async () => undefined, sleep: sleep.sleep, random: () => 0.5 },
    );
    const running = worker.run();
    await sleep.pass(7000);
    await plane.until("heartbeat 0");
    await worker.close();
    await running;
    const [registered] = plane.server.seen("POST /api/workers/register");
    expect(registered?.headers.authorization).toBe("Bearer secret");
    expect(JSON.parse(registered?.body.toString() ?? "")).toMatchObject({
      endpoint_id: "me",
      worker_type: "firecracker",
    });
    expect(plane.server.seen("POST /api/queue/claim")[0]?.path).toContain(
      "?worker_id=w1&worker_type=firecracker",
    );
    await plane.server.noConnections();
  });
});

describe("discoverFlawlessUrl", () => {
  test.each([
    [[{ id: "a" }, { id: "b", flawless_url: "http://b:27288" }], "http://b:27288"],
    [[{ id: "a", flawless_url: null }], null],
  ])("returns the first node's that has one: %#", async (json, expected) => {
    await using server = await FakeServer.start({ ...secondForm, "GET /api/nodes": { json } });
    await using controlPlane = controlPlaneOf(server);
    expect(await discoverFlawlessUrl(controlPlane)).toBe(expected);
  });

  test("returns null if the server doesn't support it, and throws its failures", async () => {
    await using server = await FakeServer.start(firstForm);
    await using controlPlane = controlPlaneOf(server);
    expect(await discoverFlawlessUrl(controlPlane)).toBeNull();
    await using broken = await FakeServer.start({
      ...secondForm,
      "GET /api/nodes": { status: 500, text: "" },
    });
    await using other = controlPlaneOf(broken);
    await expect(discoverFlawlessUrl(other)).rejects.toMatchObject({ status: 500 });
  });
});
