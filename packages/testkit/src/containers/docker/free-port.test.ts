import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";

test("a port below those of outgoing connections can be listened on", async () => {
  const port = await freePort("127.0.0.1", new Set());
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_000);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
});

test("ports to avoid are not returned", async () => {
  const all = new Set(Array.from({ length: 12_000 }, (_, index) => 20_000 + index));
  await expect(freePort("127.0.0.1", all)).rejects.toThrow("No free port");
});
