import { closeApi, defaultGraceMs, listen } from "@flawless-ts/http-service/program";
import { Flawless } from "@flawless-ts/sdk";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { expect, onTestFinished, test } from "vitest";
import { exampleWorkflow, fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

/** An address that nobody else uses, so that a node's port stays free while it is down. Only Linux has it by default. */
const host = process.platform === "linux" ? "127.0.0.5" : "127.0.0.1";
const callers = 8;
const rounds = 2;

/** A node whose engine counts calls, without a cluster. */
class Node {
  started = 0;
  #port = 0;
  #api: FastifyInstance | undefined;

  get url(): string {
    return `http://${host}:${this.#port}`;
  }

  async up(): Promise<void> {
    const api = createApi(
      fakeEngine({
        start: async () => {
          this.started += 1;
          return { id: exampleWorkflow.id, response: null };
        },
        send: async () => undefined,
      }),
    );
    const { port } = new URL(await listen(api, host, this.#port));
    this.#port = Number(port);
    this.#api = api;
  }

  async down(): Promise<void> {
    if (this.#api !== undefined) await closeApi(this.#api, defaultGraceMs);
  }
}

test("during a rolling restart, no start or message without a key fails", async () => {
  const nodes = [new Node(), new Node(), new Node()] as const;
  for (const node of nodes) await node.up();
  const client = new Flawless({ url: nodes.map(({ url }) => url) });
  onTestFinished(async () => {
    await client.close();
    await Promise.all(nodes.map((node) => node.down()));
  });
  const module = client.module("crawler", "0.1.8");
  const failures: unknown[] = [];
  let acknowledged = 0;
  let isOver = false;
  const call = async (caller: number): Promise<void> => {
    for (let number = caller; !isOver; number += 1) {
      try {
        const workflow = await module.start("start", { id: number });
        await workflow.send("hello", { number });
        acknowledged += 1;
      } catch (error) {
        failures.push(error);
        // One is enough.
        isOver = true;
      }
      // Some connections are used all the time, others occasionally.
      if (number % callers < caller) await new Promise((resolve) => setTimeout(resolve, 7 * caller));
    }
  };
  const calls = Array.from({ length: callers }, (_, caller) => call(caller));
  const more = async (count: number): Promise<void> => {
    const wanted = acknowledged + count;
    await expect.poll(() => isOver || acknowledged >= wanted, { interval: 5 }).toBe(true);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const node of nodes) {
      await more(20);
      await node.down();
      await node.up();
    }
  }
  isOver = true;
  await Promise.all(calls);
  expect(failures).toEqual([]);
  // Nothing is repeated.
  const started = nodes.reduce((sum, node) => sum + node.started, 0);
  expect(started).toBe(acknowledged);
});
