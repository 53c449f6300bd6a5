import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { createService } from "./create-service.ts";
import { defaultServiceLimits, resolveLimits, type ServiceLimits } from "./service-limits.ts";
import { firstCertificate, listenOnFreePort, secondCertificate } from "@flawless-ts/test-helpers";
import { TlsIdentity } from "./tls-identity.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

async function listen(tls: TlsIdentity, given: Partial<ServiceLimits> = {}): Promise<number> {
  const limits = resolveLimits(given, defaultServiceLimits);
  app = createService({ limits, tls, explain: () => undefined });
  app.get("/", async () => "over TLS");
  return listenOnFreePort(app);
}

async function get(port: number, ca: string): Promise<string> {
  const sent = request({ port, host: "127.0.0.1", path: "/", ca, agent: false }).end();
  const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer>];
  let text = "";
  for await (const chunk of response) {
    text += chunk.toString();
  }
  return text;
}

test("a service with a certificate serves HTTPS to clients that trust it", async () => {
  const port = await listen(new TlsIdentity(firstCertificate));

  expect(await get(port, firstCertificate.cert)).toBe("over TLS");
  await expect(get(port, secondCertificate.cert)).rejects.toThrow(/self-signed certificate/);
});

test("a new certificate is used for the next client; open connections continue", async () => {
  const identity = new TlsIdentity(firstCertificate);
  const port = await listen(identity);
  const open: TLSSocket = connectTls({ port, host: "127.0.0.1", ca: firstCertificate.cert });
  await once(open, "secureConnect");
  identity.replace(secondCertificate);

  expect(await get(port, secondCertificate.cert)).toBe("over TLS");
  await expect(get(port, firstCertificate.cert)).rejects.toThrow(/self-signed certificate/);
  open.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const [answer] = (await once(open, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200/);
  open.destroy();
});

test("a client that doesn't begin a TLS handshake is disconnected", async () => {
  const port = await listen(new TlsIdentity(firstCertificate), {
    headersTimeoutMs: 50,
    drainTimeoutMs: 50,
  });
  const socket = connect(port, "127.0.0.1");
  socket.resume();
  socket.on("error", () => undefined);

  await once(socket, "close");
  expect(socket.bytesRead).toBe(0);
});

test("an invalid certificate is refused and changes nothing", () => {
  const identity = new TlsIdentity(firstCertificate);
  const mixed = { cert: firstCertificate.cert, key: secondCertificate.key };
  for (const bad of [mixed, { cert: "no PEM", key: "no PEM" }]) {
    expect(() => identity.replace(bad)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        message: expect.stringContaining("PEM"),
      }),
    );
  }
  expect(identity.files).toEqual(firstCertificate);
});
