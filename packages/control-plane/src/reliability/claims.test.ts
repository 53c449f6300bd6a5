import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { startControlPlane } from "../control-plane.ts";

test("1,000 jobs and 20 concurrent claimers: each job is handed out once, oldest first", async () => {
  using directory = new TemporaryDirectory();
  await using server = await startControlPlane({
    directory: directory.path,
    port: 0,
    flawlessUrl: null,
  });
  const ids = Array.from({ length: 1_000 }, (_, index) => `job-${index + 1}`);
  await Promise.all(
    ids.map((_, index) =>
      fetch(`${server.url}/api/queue/publish`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ url: `https://${index}.example` }),
      }),
    ),
  );
  const claimed = await Promise.all(
    Array.from({ length: 20 }, async (_, claimer) => {
      const mine: number[] = [];
      const path = claimer % 2 === 0 ? "/queue/claim" : "/api/queue/claim";
      for (;;) {
        const reply = await fetch(`${server.url}${path}`, { method: "POST" });
        if (reply.status === 204) {
          return mine;
        }
        const { job_id: id } = (await reply.json()) as { readonly job_id: string };
        mine.push(ids.indexOf(id));
      }
    }),
  );

  expect(claimed.flat().toSorted((one, other) => one - other)).toEqual(
    ids.map((_, index) => index),
  );
  for (const mine of claimed) {
    expect(mine).toEqual(mine.toSorted((one, other) => one - other));
  }
});
