import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { EngineError } from "../errors.ts";
import { exampleModule, fakeEngine } from "../testing/fake-engine.ts";
import type { ApiLimits } from "./api-options.ts";
import { createApi } from "./create-api.ts";
import type { EngineApi } from "./engine-api.ts";

/** Every possible byte, in an order that UTF-8 decoding would damage. */
const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => (index * 37) % 256));
const boundary = "a-boundary";
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function part(headers: string, content: Uint8Array = bytes): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    content,
    Buffer.from("\r\n"),
  ]);
}

const end = Buffer.from(`--${boundary}--\r\n`);
const asRealClient =
  'Content-Disposition: form-data; name="module"\r\nContent-Type: application/wasm';

async function deploy(
  payload: Uint8Array,
  options: { limits?: ApiLimits; contentType?: string; methods?: Partial<EngineApi> } = {},
): Promise<{
  status: number;
  code: unknown;
  body: unknown;
  deployed: Uint8Array | undefined;
}> {
  const deployed = vi.fn<EngineApi["deploy"]>(async () => exampleModule);
  app = createApi(fakeEngine({ deploy: deployed, ...options.methods }), { limits: options.limits });
  const reply = await app.inject({
    method: "POST",
    url: "/api/module/deploy",
    payload: Buffer.from(payload),
    headers: { "content-type": options.contentType ?? `multipart/form-data; boundary=${boundary}` },
  });
  return {
    status: reply.statusCode,
    code: reply.headers["flawless-error-code"],
    body: reply.json(),
    deployed: deployed.mock.calls[0]?.[0],
  };
}

describe("POST /api/module/deploy", () => {
  test.each([
    ["as the real client sends it, without a file name", asRealClient],
    [
      "as a browser sends it",
      'Content-Disposition: form-data; name="module"; filename="a.wasm"\r\nContent-Type: application/octet-stream',
    ],
    ["as text", 'Content-Disposition: form-data; name="module"\r\nContent-Type: text/plain'],
    ["without a content type", "Content-Disposition: form-data; name=module"],
  ])("accepts the bytes unchanged %s", async (_name, headers) => {
    const { status, body, deployed } = await deploy(Buffer.concat([part(headers), end]));

    expect(body).toEqual({ ok: { name: "crawler", version: "0.1.8" } });
    expect(status).toBe(200);
    expect(Buffer.from(deployed ?? []).equals(bytes)).toBe(true);
  });

  test("accepts an empty file, which the engine refuses", async () => {
    const { deployed } = await deploy(Buffer.concat([part(asRealClient, new Uint8Array()), end]));
    expect(deployed).toHaveLength(0);
  });

  test("accepts a module of exactly the max size", async () => {
    const { status, deployed } = await deploy(Buffer.concat([part(asRealClient), end]), {
      limits: { moduleBytes: bytes.length },
    });
    expect(status).toBe(200);
    expect(deployed).toHaveLength(bytes.length);
  });

  test("refuses a module of one byte more", async () => {
    const { status, code, body, deployed } = await deploy(
      Buffer.concat([part(asRealClient), end]),
      { limits: { moduleBytes: bytes.length - 1 } },
    );
    expect(status).toBe(413);
    expect(code).toBe("BODY_TOO_LARGE");
    expect(body).toEqual({
      error: "The module is larger than 1023 bytes, this server's limit.",
    });
    expect(deployed).toBeUndefined();
  });

  const second = part('Content-Disposition: form-data; name="other"', Buffer.from("x"));
  test.each([
    ["no part", end],
    ["an empty body", Buffer.alloc(0)],
    ["a part of another name", Buffer.concat([second, end])],
    ["a part without a name", Buffer.concat([part("Content-Disposition: form-data"), end])],
    ["a part without a disposition", Buffer.concat([part("Content-Type: application/wasm"), end])],
    ["two modules", Buffer.concat([part(asRealClient), part(asRealClient), end])],
    ["another field after the module", Buffer.concat([part(asRealClient), second, end])],
    ["another field before the module", Buffer.concat([second, part(asRealClient), end])],
    [
      "a field named __proto__",
      Buffer.concat([part('Content-Disposition: form-data; name="__proto__"'), end]),
    ],
    [
      "a base64 part",
      Buffer.concat([part(`${asRealClient}\r\nContent-Transfer-Encoding: base64`), end]),
    ],
    ["no closing boundary", part(asRealClient)],
    ["a part that is cut off", part(asRealClient).subarray(0, 300)],
    ["headers that are cut off", part(asRealClient).subarray(0, 30)],
    ["something else", Buffer.from("this is no multipart body")],
  ])("refuses %s", async (_name, payload) => {
    const { status, code, body, deployed } = await deploy(payload);

    expect(body).toEqual({ error: expect.stringContaining("exactly one part, named module") });
    expect(code).toBe("INVALID_REQUEST");
    expect(status).toBe(400);
    expect(deployed).toBeUndefined();
  });

  test.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    `multipart/form-data; boundary=${"b".repeat(300)}`,
  ])("refuses the content type %s", async (contentType) => {
    const { status, code } = await deploy(Buffer.concat([part(asRealClient), end]), {
      contentType,
    });
    expect(code).toBe("INVALID_REQUEST");
    expect(status).toBe(400);
  });

  test.each([
    "application/wasm",
    "application/json",
    "text/plain",
    "multipart/mixed; boundary=x",
    "nonsense",
  ])("refuses %s", async (contentType) => {
    const { status, code } = await deploy(bytes, { contentType });
    expect(code).toBe("UNSUPPORTED_MEDIA_TYPE");
    expect(status).toBe(415);
  });

  test("returns the engine's reason for refusing a module", async () => {
    const { status, code, body } = await deploy(Buffer.concat([part(asRealClient), end]), {
      methods: {
        deploy: async () => {
          throw new EngineError("MODULE_REFUSED", "The file is no WebAssembly module.");
        },
      },
    });
    expect(body).toEqual({ error: "The file is no WebAssembly module." });
    expect(code).toBe("MODULE_REFUSED");
    expect(status).toBe(422);
  });

  test("keeps working after a client disconnects during an upload", async () => {
    const deployed = vi.fn<EngineApi["deploy"]>();
    app = createApi(fakeEngine({ deploy: deployed }));
    const port = await listenOnFreePort(app);
    const head = `POST /api/module/deploy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5000\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n\r\n`;
    const socket = connect(port, "127.0.0.1");
    socket.write(Buffer.concat([Buffer.from(head), part(asRealClient)]), () =>
      socket.resetAndDestroy(),
    );
    await once(socket, "close");

    expect((await fetch(`${app.listeningOrigin}/health`)).status).toBe(200);
    expect(deployed).not.toHaveBeenCalled();
  });
});
