import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BaseClient, Fetch } from "@flawless-ts/sdk/client";

/** A client's class, from a bundle. */
export type BundledClient = new (options: {
  readonly url: string;
  readonly fetch: Fetch;
}) => BaseClient;

/**
 * Loads a bundle from its files, as a program would.
 *
 * @param main the name of its first file
 * @param files all of them, by name; a file that is not among them doesn't exist
 * @param use gets its exports
 */
export async function withBundle(
  main: string,
  files: ReadonlyMap<string, string>,
  use: (exports: unknown) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "flawless-bundle-"));
  try {
    for (const [name, text] of files) await writeFile(join(directory, name), text);
    await use(await import(pathToFileURL(join(directory, main)).href));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Starts a workflow, sends it a message and reads its result, and returns what was asked of the server for that. */
export async function firstCall(
  Client: BundledClient,
): Promise<{ readonly asked: readonly string[]; readonly result: unknown }> {
  const asked: string[] = [];
  const client = new Client({ url: "http://flawless.test", fetch: answering(asked) });
  const workflow = await client.module("shop", "1").start("checkout", { order: 7 });
  await workflow.send("pay", { euros: 7 });
  const result = await workflow.result();
  await client.close();
  return { asked, result };
}

/** What {@link firstCall} returns. */
export const expectedFirstCall: Awaited<ReturnType<typeof firstCall>> = {
  asked: [
    "GET /health",
    "POST /api/workflow/start",
    "POST /api/workflow/send-msg/wkf_1",
    "GET /api/workflows/wkf_1/wait",
  ],
  result: { paid: true },
};

/** The `fetch` of a server with one workflow; it notes the requests. */
export function answering(asked: string[]): Fetch {
  return async (url, { method }) => {
    const { pathname } = new URL(url);
    asked.push(`${method} ${pathname}`);
    return Response.json(answers[pathname]);
  };
}

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
