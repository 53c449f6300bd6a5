import { describe, expect, test } from "vitest";
import type { FlawlessOptions } from "./index.ts";
import { ControlPlane, Flawless, Worker } from "./index.ts";

const url = "http://127.0.0.1:1";

/** Callers without types can pass anything. */
function misspelt<Options>(options: object): Options {
  return options as Options;
}

function refused(option: string, advice: string): unknown {
  return expect.objectContaining({
    code: "FLAWLESS_INVALID_OPTION",
    option,
    message: expect.stringContaining(advice),
  });
}

describe("a misspelt option is refused", () => {
  test.each([
    ["timeout", "Did you mean `timeoutMs`?"],
    ["address", "Expected one of url"],
    ["timeoutms", "Did you mean `timeoutMs`?"],
    ["maximumResponseBytes", "Did you mean `maxResponseBytes`?"],
  ])("by Flawless: %s", (option, advice) => {
    expect(() => new Flawless(misspelt({ url, [option]: 5 }))).toThrow(refused(option, advice));
  });

  test("by the retries of Flawless", () => {
    expect(() => new Flawless(misspelt({ url, retry: { attempt: 2 } }))).toThrow(
      refused("retry.attempt", "Did you mean `retry.attempts`?"),
    );
  });

  test("by Flawless together with a connection", () => {
    expect(() => new Flawless(misspelt({ url, connection: {} }))).toThrow(
      refused("url", "Expected one of connection"),
    );
  });

  test("by ControlPlane", () => {
    expect(() => new ControlPlane(misspelt({ url, Form: "first" }))).toThrow(
      refused("Form", "Did you mean `form`?"),
    );
  });

  test("by Worker", async () => {
    await using controlPlane = new ControlPlane({ url });
    const run = async (): Promise<void> => undefined;
    expect(() => new Worker(misspelt({ controlPlane, run, concurency: 2 }))).toThrow(
      refused("concurency", "Did you mean `concurrency`?"),
    );
  });

  test("by each kind of call of Flawless", async () => {
    await using flawless = new Flawless({ url });
    const module = flawless.module("shop", "1.0.0");
    const handle = flawless.workflow("wkf_1");
    const options = misspelt<Pick<FlawlessOptions, "timeoutMs">>({ timeoutMS: 5 });
    const calls: readonly Promise<unknown>[] = [
      flawless.version(options),
      flawless.health(options),
      flawless.waitUntilReady(options),
      flawless.deploy(new Uint8Array(1), options),
      flawless.listWorkflows(options),
      flawless.workflows(options).next(),
      flawless.cancelWorkflows({ module: "shop", ...options }),
      flawless.restartWorkflows({ status: "failed", ...options }),
      flawless.listModules(options),
      module.start("checkout", null, options),
      module.execute("checkout", null, options),
      handle.send("type", null, options),
      handle.info(options),
      handle.journal(options),
      handle.history(options),
      handle.cancel(options),
      handle.response(options),
      handle.result(options),
      handle.completion(options),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toEqual({
        status: "rejected",
        reason: refused("timeoutMS", "Did you mean `timeoutMs`?"),
      });
    }
  });

  test("by each kind of call of ControlPlane", async () => {
    await using controlPlane = new ControlPlane({ url });
    const options = misspelt<Pick<FlawlessOptions, "timeoutMs">>({ timeoutMS: 5 });
    const calls: readonly Promise<unknown>[] = [
      controlPlane.form(options),
      controlPlane.publish({ payload: {} }, options),
      controlPlane.claim(options),
      controlPlane.setStatus("job-1", "Completed", options),
      controlPlane.waitUntilReady(options),
      controlPlane.blobs.stream("hash", options).next(),
      controlPlane.gossip.subscribe("0".repeat(64), options).next(),
      controlPlane.workers.list(options),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toEqual({
        status: "rejected",
        reason: refused("timeoutMS", "Did you mean `timeoutMs`?"),
      });
    }
  });
});
