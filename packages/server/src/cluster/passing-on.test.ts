import { request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { fastify } from "@flawless-ts/http-service/fastify";
import { expect, onTestFinished, test } from "vitest";
import type { PartitionNode } from "./partition-node.ts";
import { passOn } from "./passing-on.ts";
import { passedOnHeader, Peers } from "./peers.ts";

test("a caller that leaves while its request waits for an owner is no failed request", async () => {
  const waits = Promise.withResolvers<AbortSignal | undefined>();
  const left = Promise.withResolvers<void>();
  const node = {
    isFixed: false,
    partitions: 1,
    leaseMs: 60_000,
    partition: () => undefined,
    changed: (_timeoutMs: number, signal?: AbortSignal) => {
      waits.resolve(signal);
      signal?.addEventListener("abort", () => left.resolve());
      return left.promise;
    },
  } as Partial<PartitionNode> as PartitionNode;
  const peers = new Peers("here");
  const app = fastify();
  onTestFinished(async () => {
    await app.close();
    await peers.close();
  });
  const errors: unknown[] = [];
  app.setErrorHandler((error) => void errors.push(error));
  passOn(app, { node, peers, bodyBytes: 1_000, moduleBytes: 1_000, maxRequests: 1 });
  app.post("/api/workflows/:id/cancel", () => expect.unreachable());
  await app.listen({ host: "127.0.0.1", port: 0 });

  const { port } = app.server.address() as AddressInfo;
  const path = "/api/workflows/wkf_1iuRv7dIP/cancel";
  const headers = { [passedOnHeader]: "there" };
  const asked = ask({ host: "127.0.0.1", port, path, method: "POST", headers });
  asked.on("error", () => undefined).end();
  await waits.promise;
  asked.destroy();
  await left.promise;
  await turn();
  expect(errors).toEqual([]);
});
