import { expect, test } from "vitest";
import { planRoles, UsageError, type Variables } from "./roles.ts";

function plan(names: readonly string[], variables: Variables = {}) {
  return planRoles(names, variables, "host-1");
}

test("a seed's node: Flawless on localhost, then a control plane that uses it", () => {
  const [flawless, controlPlane, ...others] = plan(["control-plane", "flawless"]);
  expect(others).toEqual([]);
  expect(flawless).toMatchObject({
    role: "flawless",
    args: ["up", "--working-dir", "/data/flawless", "--bind", "127.0.0.1:27288"],
    question: { url: "http://127.0.0.1:27288/health", elseUrl: "http://127.0.0.1:27288/version" },
  });
  expect(controlPlane).toMatchObject({
    role: "control-plane",
    args: ["up", "--data-dir", "/data/control-plane", "--bind", "0.0.0.0:3020"],
    environment: { FLAWLESS_URL: "http://127.0.0.1:27288" },
    question: { url: "http://127.0.0.1:3020/health" },
  });
});

test("the environment sets addresses, folders and more arguments", () => {
  const variables = {
    FLAWLESS_BIND: "0.0.0.0:1234",
    FLAWLESS_WORKING_DIR: "/elsewhere",
    FLAWLESS_ARGS: '["--dev"]',
    HTTP_PORT: "8080",
    CONTROL_PLANE_ARGS: '["--worker-timeout", "2"]',
  };
  const [flawless, controlPlane] = plan(["flawless", "control-plane"], variables);
  expect(flawless?.args).toEqual(
    "up --working-dir /elsewhere --bind 0.0.0.0:1234 --dev".split(" "),
  );
  expect(flawless?.question.url).toBe("http://127.0.0.1:1234/health");
  expect(controlPlane?.args).toEqual(
    "up --data-dir /data/control-plane --bind 0.0.0.0:8080 --worker-timeout 2".split(" "),
  );
  expect(controlPlane?.question.url).toBe("http://127.0.0.1:8080/health");
});

test("a control plane with a database needs no folder, and has its URL from the environment only", () => {
  const [controlPlane] = plan(["control-plane"], {
    CONTROL_PLANE_STORE: "postgres://user:secret@db/flawless",
    FLAWLESS_URL: "http://flawless:27288",
  });
  expect(controlPlane?.args).toEqual("up --bind 0.0.0.0:3020".split(" "));
});

test("a worker in the node's container finds both there", () => {
  const worker = plan(["flawless", "control-plane", "worker"]).at(-1);
  expect(worker).toMatchObject({
    args: ["worker"],
    environment: {
      FLAWLESS_URL: "http://127.0.0.1:27288",
      CONTROL_PLANE_TICKET: "http://127.0.0.1:3020",
      WORKER_ID: "host-1",
    },
    question: { url: "http://127.0.0.1:3020/api/workers/host-1", token: null },
  });
});

test("a worker elsewhere uses its settings", () => {
  const [worker] = plan(["worker"], {
    CONTROL_PLANE_TICKET: "http://node1:3020/",
    CONTROL_PLANE_TOKEN: "secret",
    FLAWLESS_URL: "http://flawless:27288",
    WORKER_ID: "worker 1",
    WORKER_ARGS: '["--concurrency","4"]',
  });
  expect(worker).toMatchObject({
    args: ["worker", "--concurrency", "4"],
    question: { url: "http://node1:3020/api/workers/worker%201", token: "secret" },
  });
});

test("a worker with a ticket needs no Flawless server: the ticket leads to it, and to the worker's health", () => {
  const ticket = `iroh+h3://endpoint${"a".repeat(60)}/`;
  const [worker] = plan(["worker"], { CONTROL_PLANE_TICKET: ticket, WORKER_ID: "worker1" });
  expect(worker?.environment).toEqual({ CONTROL_PLANE_TICKET: ticket, WORKER_ID: "worker1" });
  expect(worker?.question).toEqual({
    url: ticket,
    token: null,
    elseUrl: null,
    byTicket: "worker1",
  });
  const [other] = plan(["worker"], {
    CONTROL_PLANE_TICKET: ticket,
    FLAWLESS_URL: "http://flawless:27288",
  });
  expect(other?.environment).toMatchObject({ FLAWLESS_URL: "http://flawless:27288" });
});

test("the original server is a separate program", () => {
  const [flawless] = plan(["flawless"], { FLAWLESS_PROGRAM: "/opt/flawless/flawless" });
  expect(flawless).toMatchObject({ file: "/opt/flawless/flawless", isProgram: true });
});

test.each([["--no-flawless"], ["--flawless-url=http://flawless:27288"]])(
  "a control plane with %s needs no FLAWLESS_URL",
  (argument) => {
    const [controlPlane] = plan(["control-plane"], {
      CONTROL_PLANE_ARGS: JSON.stringify([argument]),
    });
    expect(controlPlane?.environment).toEqual({});
  },
);

test.each([
  [[], {}, "got nothing"],
  [["worker", "worker"], {}, "each once"],
  [["database"], {}, "database"],
  [["control-plane"], {}, "FLAWLESS_URL"],
  [["worker"], { FLAWLESS_URL: "http://flawless:27288" }, "CONTROL_PLANE_TICKET"],
  [["worker"], { CONTROL_PLANE_TICKET: "http://x", FLAWLESS_URL: " " }, "FLAWLESS_URL"],
  [["flawless"], { FLAWLESS_BIND: "27288" }, "FLAWLESS_BIND"],
  [["flawless"], { FLAWLESS_ARGS: "--dev" }, "JSON array"],
  [["flawless"], { FLAWLESS_ARGS: "[1]" }, "JSON array"],
] as const)("%j with %j is refused: %s", (names, variables, message) => {
  expect(() => plan(names, variables)).toThrow(UsageError);
  expect(() => plan(names, variables)).toThrow(message);
});

test("a node of a cluster stores its workflows in the database, and advertises its address", () => {
  const [flawless] = plan(["flawless"], {
    FLAWLESS_JOURNAL: "postgres://user:secret@db/flawless",
    NODE_ID: "node-1",
    FLAWLESS_ADVERTISED_URL: "http://node-1:27288",
  });
  expect(flawless?.args).toEqual(
    "up --node-id node-1 --advertise-url http://node-1:27288 --bind 127.0.0.1:27288".split(" "),
  );
});

test("a worker of several control planes is checked at the first, otherwise at the second", () => {
  const [worker] = plan(["worker"], {
    CONTROL_PLANE_TICKET: "http://one:3020/,http://two:3020,http://three:3020",
    FLAWLESS_URL: "http://one:27288,http://two:27288",
    WORKER_ID: "w",
  });
  expect(worker?.environment["CONTROL_PLANE_TICKET"]).toContain("http://three:3020");
  expect(worker?.question).toMatchObject({
    url: "http://one:3020/api/workers/w",
    elseUrl: "http://two:3020/api/workers/w",
  });
});
