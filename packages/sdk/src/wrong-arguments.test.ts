import { defineContract, type } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { checked } from "./workflow-client/index.ts";
import { type CallOptions, ControlPlane, Flawless } from "./index.ts";

const url = "http://127.0.0.1:1";

function refused(option: string, advice: string): unknown {
  return expect.objectContaining({
    code: "FLAWLESS_INVALID_OPTION",
    option,
    message: expect.stringContaining(advice),
  });
}

// Callers without types can pass anything.
describe("wrong arguments are refused before any request:", () => {
  test.each([
    ["no object", null, "options", "expected an object, but got null"],
    [
      "a controller in place of its signal",
      { signal: new AbortController() },
      "signal",
      "expected an AbortSignal, such as `controller.signal`",
    ],
  ])("%s as a call's options", async (_what, given, option, advice) => {
    await using flawless = new Flawless({ url });
    await using controlPlane = new ControlPlane({ url });
    const options = given as unknown as CallOptions;
    const run = flawless.workflow("wkf_1");
    const calls: readonly Promise<unknown>[] = [
      flawless.waitUntilReady(options),
      flawless.deploy(new Uint8Array(1), options),
      flawless.module("shop", "1").start("checkout", null, options),
      run.info(options),
      run.send("type", null, options),
      run.update("type", null, options),
      run.cancel(options),
      run.response(options),
      run.result(options),
      run.completion(options),
      controlPlane.waitUntilReady(options),
      controlPlane.blobs.stream("hash", options).next(),
      controlPlane.gossip.subscribe("0".repeat(64), options).next(),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toEqual({ status: "rejected", reason: refused(option, advice) });
    }
  });

  test.each([null, undefined, 5])("%s as a contract", async (given) => {
    await using flawless = new Flawless({ url });
    expect(() => flawless.module(given as never)).toThrow(
      refused("contract", "expected a contract"),
    );
  });

  test("what is no contract, to deploy by", async () => {
    const shop = defineContract({
      name: "shop",
      version: "1",
      workflows: { checkout: { response: type<number>() } },
    });
    await using flawless = new Flawless({ url });
    for (const wrong of [null, {}, checked(shop)]) {
      await expect(
        flawless.deploy(new Uint8Array(1), { contract: wrong as never }),
      ).rejects.toEqual(refused("contract", "`defineContract`"));
    }
  });
});
