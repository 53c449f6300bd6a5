import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Flawless } from "@flawless-ts/sdk";
import { describe, expect, test } from "vitest";
import { bundlers } from "./testing/bundle-scenario.ts";
import { splitters } from "./testing/split-client.ts";

describe.each(Object.entries(bundlers))("the client bundled by %s", (_name, bundle) => {
  test("imports no Node.js modules for a browser", async () => {
    expect(await bundle("scenario.ts", "browser")).not.toMatch(
      /\b(?:from|require\(|import\()\s*"node:/,
    );
  });
});

describe.each(Object.entries(splitters))("the client alone, split by %s", (_name, split) => {
  test("starts a workflow, sends it a message and reads its result with less than 15 KB of code", async () => {
    const { main, files } = await split();
    const sizes = Array.from(files.values(), (text) => gzipSync(text, { level: 9 }).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000);
    // Chunks that are loaded only on demand don't exist here.
    const directory = await mkdtemp(join(tmpdir(), "flawless-split-"));
    try {
      for (const [name, text] of files) await writeFile(join(directory, name), text);
      const bundle: { readonly Flawless: typeof Flawless } = await import(
        pathToFileURL(join(directory, main)).href
      );
      const asked: string[] = [];
      const client = new bundle.Flawless({
        url: "http://flawless.test",
        fetch: async (url, { method }) => {
          const { pathname } = new URL(url);
          asked.push(`${method} ${pathname}`);
          return Response.json(answers[pathname]);
        },
      });
      const workflow = await client.module("shop", "1").start("checkout", { order: 7 });
      await workflow.send("pay", { euros: 7 });
      expect(await workflow.result()).toEqual({ paid: true });
      expect(asked).toEqual([
        "GET /health",
        "POST /api/workflow/start",
        "POST /api/workflow/send-msg/wkf_1",
        "GET /api/workflows/wkf_1/wait",
      ]);
      await client.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

const answers: Readonly<Record<string, unknown>> = {
  "/health": { status: "ok", version: "1.0.0" },
  "/api/workflow/start": { ok: { id: "wkf_1" } },
  "/api/workflow/send-msg/wkf_1": "ok",
  "/api/workflows/wkf_1/wait": {
    ok: {
      id: "wkf_1",
      module: "shop",
      version: "1",
      moduleHash: "ab",
      workflow: "checkout",
      status: "completed",
      waiting: null,
      createdAt: "2026-01-01T00:00:00Z",
      endedAt: "2026-01-01T00:00:01Z",
      response: '{"paid":true}',
      error: null,
      parent: null,
      cancelBy: null,
      run: 1,
    },
  },
};
