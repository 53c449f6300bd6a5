import { randomBytes } from "node:crypto";
import { MessageChannel } from "node:worker_threads";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { pino } from "pino";
import { expect, test } from "vitest";
import { partitionOfKey } from "../cluster/partition-of.ts";
import { EnginePart } from "./engine-part.ts";
import type { MetPart } from "./engine-place.ts";

const division = { engines: 2, copied: false };

/** Both engines of a directory, in this thread. */
async function openBoth(directory: string): Promise<readonly [EnginePart, EnginePart]> {
  const open = (index: number): Promise<EnginePart> =>
    EnginePart.open({ directory, division, index }, { directory }, pino({ enabled: false }));
  const both = [await open(0), await open(1)] as const;
  const [zero, one] = [await both[0].opened(), await both[1].opened()];
  const { port1, port2 } = new MessageChannel();
  const met = (of: typeof zero, at: number, link: typeof port1): MetPart => {
    const journal = of.journals[at];
    return journal == null ? null : { url: of.url, journal, link };
  };
  const key = randomBytes(32);
  const noBackup = (): Promise<never> => Promise.reject(new Error("none is made"));
  await Promise.all([
    both[0].run([null, met(one, 0, port1)], key, undefined, noBackup),
    both[1].run([met(zero, 1, port2), null], key, undefined, noBackup),
  ]);
  return both;
}

test("an engine that has drained still does what others need of it, until it is stopped", async () => {
  using directory = new TemporaryDirectory();
  const both = await openBoth(directory.path);
  try {
    const [zero, one] = both;
    const form = new FormData();
    form.set("module", new Blob([fixtureBytes("conformance")]), "module.wasm");
    const upload = new Response(form);
    const deployed = await zero.api.inject({
      method: "POST",
      url: "/api/module/deploy",
      headers: { "content-type": upload.headers.get("content-type") ?? "" },
      payload: Buffer.from(await upload.arrayBuffer()),
    });
    expect(deployed.statusCode).toBe(200);
    const start = async (key: string): Promise<number> => {
      const { statusCode } = await zero.api.inject({
        method: "POST",
        url: "/api/workflow/start",
        headers: { prefer: "respond-async", "idempotency-key": key },
        payload: { module: "conformance", version: "1.0.0", workflow: "receive", input: "null" },
      });
      return statusCode;
    };
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const [first = "", second = ""] = keys.filter((key) => partitionOfKey(key, 2) === 1);

    await one.drain(20_000);
    expect(await start(first)).toBe(202);
    await one.stop();
    expect(await start(second)).toBe(503);
  } finally {
    await Promise.all(both.map((part) => part.close()));
  }
}, 60_000);
