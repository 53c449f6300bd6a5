import { createServer } from "node:http";
import { firstCertificate } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { startControlPlane } from "../control-plane.ts";
import { quiet, startHolder } from "./testing/holder.ts";
import { freePort, get, post, Silent } from "./testing/requests.ts";

describe("while the holder is away", () => {
  test("answers 503, says so in its health, and recovers by itself", async () => {
    const port = await freePort();
    const holderUrl = `http://127.0.0.1:${port}`;
    await using node = await startControlPlane({ ...quiet, join: holderUrl, registerEveryMs: 20 });
    const refused = await post(node.url, "/queue/publish", { job_id: "a", payload: 1 });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.headers.get("flawless-error-code")).toBe("HOLDER_UNREACHABLE");
    expect(refused.body).toEqual({
      error: expect.stringMatching(
        `^The request was not carried out: the node that holds the queue, ${holderUrl}, can't be reached .*ECONNREFUSED`,
      ),
    });
    expect((await get(node.url, "/")).status).toBe(503);
    const health = await get(node.url, "/health");
    expect([health.status, health.body]).toMatchObject([
      503,
      {
        status: "degraded",
        reason: expect.stringContaining(`${holderUrl}, is unreachable`),
        holder: { status: "unreachable" },
      },
    ]);
    expect((await get(node.url, "/metrics")).text).toContain("control_plane_holder_up 0");
    expect((await get(node.url, "/version")).status).toBe(200);

    await using holder = await startHolder({ port });
    expect((await post(node.url, "/queue/publish", { job_id: "a", payload: 1 })).status).toBe(200);
    expect((await get(node.url, "/health")).status).toBe(200);
    expect((await get(holder.url, "/queue/stats")).body).toMatchObject({ pending: 1 });
  });

  test("tells whether a request may have been carried out", async () => {
    // Takes each request, and breaks the connection before it answers.
    const rude = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const address = rude.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await using node = await startControlPlane({ ...quiet, join: `http://127.0.0.1:${port}` });
    const claim = await post(node.url, "/queue/claim");
    const list = await get(node.url, "/queue/list");
    rude.close();
    expect([claim.status, claim.headers.get("flawless-error-code")]).toEqual([502, "HOLDER_LOST"]);
    expect(claim.body).toEqual({ error: expect.stringContaining("may have carried") });
    expect(claim.headers.get("retry-after")).toBeNull();
    expect([list.status, list.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("stops all the same, without waiting for it", async () => {
    await using silent = await Silent.listen();
    // It takes connections, and never answers.
    const starting = startControlPlane({ ...quiet, join: silent.url });
    await silent.connected;
    silent.close();
    const node = await starting;
    expect((await get(node.url, "/version")).status).toBe(200);
    await node.close();
  });

  test("passes nothing on to a holder whose certificate nobody vouches for", async () => {
    await using holder = await startHolder({ tls: firstCertificate });
    await using node = await startControlPlane({ ...quiet, join: holder.url });
    const claim = await post(node.url, "/queue/claim");
    expect([claim.status, claim.headers.get("flawless-error-code")]).toEqual([
      503,
      "HOLDER_UNREACHABLE",
    ]);
    expect(claim.body).toEqual({ error: expect.stringContaining("certificate") });
    expect((await get(node.url, "/health")).body).toMatchObject({
      holder: { status: "unreachable", reason: expect.stringContaining("certificate") },
    });
  });
});
