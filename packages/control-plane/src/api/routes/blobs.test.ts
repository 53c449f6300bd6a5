import { rawRequest, listenOnFreePort } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { TestApi } from "../../testing/test-api.ts";

// https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json: inputs of 0 and 3 bytes.
const hashOfNothing = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
const three = Buffer.from([0, 1, 2]);
const hashOfThree = "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f";

describe.each(["/iroh", "/api/iroh"])("blobs under %s", (prefix) => {
  test("are stored by their BLAKE3 hash, and can be read", async () => {
    await using api = new TestApi();
    for (const type of ["application/octet-stream", "application/json", undefined]) {
      const stored = await api.app.inject({
        method: "POST",
        url: `${prefix}/blob/store`,
        payload: three,
        headers: type === undefined ? {} : { "content-type": type },
      });
      expect([stored.statusCode, stored.json()]).toEqual([200, { hash: hashOfThree }]);
    }
    const read = await api.get(`${prefix}/blob/${hashOfThree.toUpperCase()}`);

    expect(read.rawPayload).toEqual(three);
    expect(read.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "3",
      "x-content-type-options": "nosniff",
    });
  });

  test("may be empty", async () => {
    await using api = new TestApi();
    expect((await api.post(`${prefix}/blob/store`)).json()).toEqual({ hash: hashOfNothing });
    expect((await api.get(`${prefix}/blob/${hashOfNothing}`)).rawPayload).toHaveLength(0);
  });

  test.each(["x", "..%2F..%2Fetc%2Fpasswd", "g".repeat(64), "a".repeat(63)])(
    "can't be read under %s",
    async (hash) => {
      await using api = new TestApi();
      const reply = await api.get(`${prefix}/blob/${hash}`);
      expect(reply.statusCode).toBe(400);
    },
  );

  test("are not found if unknown", async () => {
    await using api = new TestApi();
    const reply = await api.get(`${prefix}/blob/${"0".repeat(64)}`);
    expect([reply.statusCode, reply.headers["flawless-error-code"]]).toEqual([
      404,
      "BLOB_NOT_FOUND",
    ]);
  });
});

describe("a blob above the limit", () => {
  const large = Buffer.alloc(1024 * 1024, "x");

  test("is refused because of its length", async () => {
    await using api = new TestApi({ limits: { blobBytes: 1000 } });
    const port = await listenOnFreePort(api.app);
    const answer = await rawRequest(
      port,
      `POST /iroh/blob/store HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${large.length}\r\n\r\n`,
      large,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain("flawless-error-code: BODY_TOO_LARGE");
  });

  test("is refused during upload, and the client can read the response", async () => {
    await using api = new TestApi({ limits: { blobBytes: 100_000 } });
    const port = await listenOnFreePort(api.app);
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), large, Buffer.from("\r\n")]);
    const answer = await rawRequest(
      port,
      "POST /iroh/blob/store HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
      chunk,
      chunk,
      "0\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain("flawless-error-code: BLOB_TOO_LARGE");
  });
});
