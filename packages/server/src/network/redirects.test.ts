import { describe, expect, test } from "vitest";
import { LoopbackServer, see, type SeenRequest } from "../testing/loopback-server.ts";
import type { IncomingResponse, OutgoingRequest } from "./http-client.ts";
import { NetworkHttpClient } from "./network-http-client.ts";

/** A site whose paths /STATUS/LOCATION redirect there with that status. */
class Site implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  readonly #server: LoopbackServer;

  private constructor(server: LoopbackServer) {
    this.#server = server;
  }

  static async open(): Promise<Site> {
    const server = await LoopbackServer.http(async (request, response) => {
      site.seen.push(await see(request));
      const [, status, location] = /^\/(\d{3})\/([^?]*)$/.exec(request.url ?? "") ?? [];
      if (status !== undefined) {
        response.writeHead(Number(status), { location: decodeURIComponent(location ?? "") });
      }
      response.end("here");
    });
    const site: Site = new Site(server);
    return site;
  }

  get url(): string {
    return this.#server.url;
  }

  redirect(status: number, location: string): string {
    return `${this.url}/${status}/${encodeURIComponent(location)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

const client = new NetworkHttpClient();

function send(url: string, request: Partial<OutgoingRequest> = {}): Promise<IncomingResponse> {
  return client.send(
    { method: "GET", url, headers: [], body: new Uint8Array(), idempotent: false, ...request },
    { signal: new AbortController().signal, bodyLimitBytes: 1_000 },
  );
}

const post = {
  method: "POST",
  headers: [
    ["Content-Type", "text/plain"],
    ["Content-Length", "4"],
    ["X-Own", "1"],
  ],
  body: Buffer.from("body"),
} as const;

describe("a redirect", () => {
  test.each(["/target", "../target", "?target", "//127.0.0.1:PORT/target"])(
    "to %s leads there; the response says where it came from",
    async (location) => {
      await using site = await Site.open();
      const port = new URL(site.url).port;
      const url = site.redirect(302, location.replace("PORT", port));
      const response = await send(url);

      expect(response).toMatchObject({ statusCode: 200 });
      expect(response.url).toContain("target");
      expect(new URL(response.url).origin).toBe(site.url);
      expect(site.seen).toHaveLength(2);
    },
  );

  test.each([301, 302, 303])("with %d turns a POST into a GET without body", async (status) => {
    await using site = await Site.open();
    await send(site.redirect(status, "/target"), post);
    const [, second] = site.seen;

    expect(second).toMatchObject({
      method: "GET",
      path: "/target",
      body: "",
      headers: { "x-own": "1" },
    });
    expect(
      Object.keys(second?.headers ?? {}).filter((name) => name.startsWith("content-")),
    ).toEqual([]);
  });

  test.each([307, 308])("with %d keeps method, headers and body", async (status) => {
    await using site = await Site.open();
    await send(site.redirect(status, "/target"), post);

    expect(site.seen[1]).toMatchObject({
      method: "POST",
      path: "/target",
      body: "body",
      headers: { "content-type": "text/plain", "x-own": "1" },
    });
  });

  test("of a HEAD stays a HEAD", async () => {
    await using site = await Site.open();
    await send(site.redirect(303, "/target"), { method: "HEAD" });

    expect(site.seen.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  test("may come five times, not six", async () => {
    await using site = await Site.open();
    const chain = (length: number): string => {
      let location = "/target";
      for (let hop = 0; hop < length; hop += 1) {
        location = `/302/${encodeURIComponent(location)}`;
      }
      return `${site.url}${location}`;
    };

    expect((await send(chain(5))).url).toBe(`${site.url}/target`);
    site.seen.length = 0;
    await expect(send(chain(6))).rejects.toMatchObject({ kind: "TooManyRedirects" });
    expect(site.seen).toHaveLength(6);
  });

  test.each([300, 304, 305])("is not what a %d with a location means", async (status) => {
    await using site = await Site.open();

    expect(await send(site.redirect(status, "/target"))).toMatchObject({ statusCode: status });
    expect(site.seen).toHaveLength(1);
  });

  test("without a location is a response like any other", async () => {
    await using server = await LoopbackServer.http((_request, response) => {
      response.writeHead(302).end("nowhere");
    });

    expect(await send(server.url)).toMatchObject({ statusCode: 302 });
  });

  test.each([
    ["what is no address", "http://[", "BadHeader"],
    ["another protocol", "file:///etc/passwd", "UnknownScheme"],
  ])("to %s is not followed", async (_what, location, kind) => {
    await using site = await Site.open();

    await expect(send(site.redirect(302, location))).rejects.toMatchObject({ kind });
  });

  test("to where nobody listens fails with that URL", async () => {
    await using site = await Site.open();
    const gone = await LoopbackServer.http(() => undefined);
    const url = `${gone.url}/`;
    await gone.close();

    await expect(send(site.redirect(302, url))).rejects.toMatchObject({
      kind: "ConnectionFailed",
      url,
    });
  });
});

describe("what is meant for only one site", () => {
  const headers = [
    ["Authorization", "Bearer token"],
    ["Cookie", "a=1"],
    ["Proxy-Authorization", "Basic x"],
    ["X-Own", "1"],
  ] as const;

  test("reaches another path of it", async () => {
    await using site = await Site.open();
    await send(site.redirect(302, "/target"), { headers });

    expect(site.seen[1]?.headers).toMatchObject({ authorization: "Bearer token", cookie: "a=1" });
  });

  test("doesn't reach another origin, or one behind that", async () => {
    await using site = await Site.open();
    await using other = await Site.open();
    await send(site.redirect(307, other.redirect(307, `${site.url}/back`)), { headers });

    for (const seen of [other.seen[0], site.seen[1]]) {
      expect(seen?.headers).toMatchObject({ "x-own": "1" });
      expect(seen?.headers).not.toHaveProperty("authorization");
      expect(seen?.headers).not.toHaveProperty("cookie");
      expect(seen?.headers).not.toHaveProperty("proxy-authorization");
    }
  });

  test("includes the name and password of a URL", async () => {
    await using site = await Site.open();
    await using other = await Site.open();
    const url = site.redirect(302, `${other.url}/target`).replace("://", "://Ada:secret@");
    const response = await send(url);

    expect(site.seen[0]?.headers).toHaveProperty("authorization");
    expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
    expect(response.url).toBe(`${other.url}/target`);
  });

  test("includes a host header", async () => {
    await using site = await Site.open();
    await using other = await Site.open();
    await send(site.redirect(302, `${other.url}/target`), { headers: [["Host", "site.example"]] });

    expect(site.seen[0]?.headers.host).toBe("site.example");
    expect(other.seen[0]?.headers.host).toBe(new URL(other.url).host);
  });
});
