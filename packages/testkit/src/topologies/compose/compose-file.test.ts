import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { planCluster } from "../plan/plan-cluster.ts";
import { composeMistakes } from "../testing/compose-mistakes.ts";
import { composeFile } from "./compose-file.ts";
import { exampleComposeFiles } from "./example-plans.ts";

const directory = new URL("../../../../../examples/compose/", import.meta.url);
const files = Object.entries(exampleComposeFiles());

describe("examples/compose", () => {
  test.each(files)(
    "%s matches the plan (otherwise: npm run compose-files -w packages/testkit)",
    (name, text) => {
      expect(readFileSync(new URL(name, directory), "utf8")).toBe(text);
    },
  );

  test("has no other files", () => {
    const there = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
    expect(there.toSorted()).toEqual(files.map(([name]) => name).toSorted());
  });

  test.each(files)("%s follows the Compose specification", (_name, text) => {
    expect(composeMistakes(text)).toEqual([]);
  });
});

describe("a compose file", () => {
  test("has the containers, addresses, ports, volumes and variables of the plan", () => {
    const plan = planCluster({ topology: "shared-flawless", nodes: 1, workers: 1, concurrency: 2 });
    const text = composeFile(plan, { image: "mine:1" }) ?? "";
    expect(parse(text)).toEqual({
      services: {
        flawless: {
          image: "mine:1",
          restart: "unless-stopped",
          init: false,
          command: ["flawless"],
          environment: {
            FLAWLESS_BIND: "0.0.0.0:27288",
            FLAWLESS_SECRET_CONTROL_PLANE_URL: "http://mvm-ci-node1:3020",
          },
          networks: { "mvm-ci": { ipv4_address: "192.168.100.10" } },
          ports: ["127.0.0.1:27288:27288"],
          volumes: ["flawless-data:/data"],
        },
        "mvm-ci-node1": {
          image: "mine:1",
          restart: "unless-stopped",
          init: false,
          command: ["control-plane"],
          environment: {
            NODE_ID: "mvm-ci-node1",
            FLAWLESS_URL: "http://flawless:27288",
            FLAWLESS_ADVERTISED_URL: "http://flawless:27288",
            CONTROL_PLANE_ADVERTISED_URL: "http://mvm-ci-node1:3020",
          },
          networks: { "mvm-ci": { ipv4_address: "192.168.100.11" } },
          ports: ["127.0.0.1:3020:3020"],
          volumes: ["mvm-ci-node1-data:/data"],
        },
        worker1: {
          image: "mine:1",
          restart: "unless-stopped",
          init: false,
          command: ["worker"],
          environment: {
            WORKER_ID: "worker1",
            CONTROL_PLANE_TICKET: "http://mvm-ci-node1:3020",
            FLAWLESS_URL: "http://flawless:27288",
            WORKER_ARGS: '["--concurrency","2"]',
          },
          networks: { "mvm-ci": { ipv4_address: "192.168.100.21" } },
          depends_on: {
            "mvm-ci-node1": { condition: "service_healthy" },
            flawless: { condition: "service_healthy" },
          },
        },
      },
      networks: { "mvm-ci": { ipam: { config: [{ subnet: "192.168.100.0/24" }] } } },
      volumes: { "flawless-data": {}, "mvm-ci-node1-data": {} },
    });
  });

  test("says how to start workers on the host", () => {
    const text = composeFile(planCluster({ topology: "exposed-port", nodes: 2, workers: 2 }));
    expect(text).toContain(
      "# WORKER_ID=worker2 CONTROL_PLANE_TICKET=http://localhost:3021 FLAWLESS_URL=http://localhost:27289 npx @flawless-ts/control-plane worker\n",
    );
  });

  test("that violates the specification is detected", () => {
    const good = composeFile(planCluster({ topology: "shared-flawless" })) ?? "";
    const broken = (from: string, to: string): readonly string[] => {
      expect(good).toContain(from);
      return composeMistakes(good.replace(from, to));
    };
    expect(composeMistakes(good)).toEqual([]);
    expect(broken("  flawless:\n    image", "  flawless:\n    imagine")).not.toEqual([]);
    expect(broken("NODE_ID: mvm-ci-node1", "NODE_ID: $HOME")).not.toEqual([]);
    expect(broken("192.168.100.11\n", "192.168.100.10\n")).not.toEqual([]);
    expect(broken("192.168.100.11\n", "192.168.99.11\n")).not.toEqual([]);
    expect(broken("127.0.0.1:3020:3020", "127.0.0.1:27288:3020")).not.toEqual([]);
    expect(broken("127.0.0.1:3020:3020", "3020:")).not.toEqual([]);
    expect(
      broken("      mvm-ci-node1:\n        condition", "      node1:\n        condition"),
    ).not.toEqual([]);
    expect(broken("condition: service_healthy", "condition: ready")).not.toEqual([]);
    expect(broken("- flawless-data:/data", "- other-data:/data")).not.toEqual([]);
    expect(broken("restart: unless-stopped", "restart: sometimes")).not.toEqual([]);
    expect(broken("volumes:\n  flawless-data: {}", "volume:\n  flawless-data: {}")).not.toEqual([]);
    expect(broken("services:", "services:\n  flawless: {}")).not.toEqual([]);
  });

  test("is null without containers", () => {
    expect(composeFile(planCluster({ topology: "in-process" }))).toBeNull();
  });

  test("is null for tickets, which are unknown before nodes run", () => {
    expect(composeFile(planCluster({ topology: "ticket" }))).toBeNull();
  });
});
