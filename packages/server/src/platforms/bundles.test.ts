import { gzipSync } from "node:zlib";
import type { Flawless } from "@flawless-ts/sdk";
import type { checked as toChecked, WorkflowClient } from "@flawless-ts/sdk/client";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { bundlers } from "./testing/bundle-scenario.ts";
import { answering, expectedFirstCall, firstCall, withBundle } from "./testing/first-call.ts";
import { splitters } from "./testing/split-client.ts";

interface BundledFlawless {
  readonly Flawless: typeof Flawless;
}

const sizeOf = (text: string): number => gzipSync(text, { level: 9 }).length;
const nodeImport = /\b(?:from|require\(|import\()\s*"node:/;

describe.each(Object.entries(bundlers))("the client bundled by %s", (_name, bundle) => {
  test("imports no Node.js modules for a browser", async () => {
    expect(await bundle("scenario.ts", "browser")).not.toMatch(nodeImport);
  });
});

describe.each(Object.entries(splitters))("the client alone, split by %s", (_name, split) => {
  test("starts a workflow, sends it a message and reads its result with less than 15 KB of code", async () => {
    const { main, files } = await split();
    const sizes = Array.from(files.values(), sizeOf);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000);
    // Chunks that are loaded only on demand don't exist here.
    await withBundle(main, files, async (bundled) => {
      const { Flawless } = bundled as BundledFlawless;
      expect(await firstCall(Flawless)).toEqual(expectedFirstCall);
    });
  });
});

/** Texts that stand for what only `Flawless` can do: other transports, deployments, schedules, lists, activities. */
const onlyInFlawless: readonly string[] = [
  "undici",
  "iroh+h3:",
  "CERTIFICATE",
  "new ReadableStream",
  "multipart/form-data",
  "/api/schedules",
  "/api/modules",
  "created_from",
  "/api/activities",
];

/** Texts of the checks by contracts. */
const onlyWithContracts: readonly string[] = ["no such workflow", "no such message type"];

interface BundledClient {
  readonly WorkflowClient: typeof WorkflowClient;
}

describe.each(Object.entries(bundlers))("WorkflowClient in one file, by %s", (_name, bundle) => {
  test.each(["browser", "neutral"] as const)(
    "does the same with less than 15 KB of code (%s)",
    async (platform) => {
      const code = await bundle("only-workflow-client.ts", platform);
      expect(sizeOf(code)).toBeLessThan(15_000);
      expect(code).not.toMatch(nodeImport);
      await withBundle("client.mjs", new Map([["client.mjs", code]]), async (bundled) => {
        const { WorkflowClient } = bundled as BundledClient;
        expect(await firstCall(WorkflowClient)).toEqual(expectedFirstCall);
      });
    },
  );

  test("contains nothing that only Flawless or contracts need", async () => {
    const all = await bundle("scenario.ts", "browser");
    const client = await bundle("only-workflow-client.ts", "browser");
    const texts = [...onlyInFlawless, ...onlyWithContracts];
    expect(texts.filter((text) => !all.includes(text))).toEqual([]);
    expect(texts.filter((text) => client.includes(text))).toEqual([]);
  });

  test("checks values by contracts with 1.2 KB more", async () => {
    const client = await bundle("only-workflow-client.ts", "browser");
    const code = await bundle("checked-workflow-client.ts", "browser");
    expect(sizeOf(code) - sizeOf(client)).toBeLessThan(1_200);
    await withBundle("client.mjs", new Map([["client.mjs", code]]), async (bundled) => {
      const { checked, WorkflowClient } = bundled as BundledClient & {
        readonly checked: typeof toChecked;
      };
      const contract = defineContract({
        name: "shop",
        version: "1",
        workflows: { checkout: { input: type<{ order: number }>(), response: type<unknown>() } },
      });
      const asked: string[] = [];
      await using client = new WorkflowClient({
        url: "http://flawless.test",
        fetch: answering(asked),
      });
      const module = client.module(checked(contract));
      const workflow = await module.start("checkout", { order: 7 });
      expect(await workflow.result()).toEqual({ paid: true });
      await expect(module.start("refund" as "checkout", { order: 7 })).rejects.toMatchObject({
        code: "FLAWLESS_CONTRACT_BROKEN",
      });
      expect(asked.filter((one) => one === "POST /api/workflow/start")).toHaveLength(1);
    });
  });
});

describe.each(Object.entries(bundlers))(
  "a program that needs one class, by %s",
  (_name, bundle) => {
    test.each(["one-error.ts", "one-error-of-sdk.ts"])(
      "contains nothing else: %s",
      async (file) => {
        expect(sizeOf(await bundle(file, "browser"))).toBeLessThan(1_000);
      },
    );
  },
);
