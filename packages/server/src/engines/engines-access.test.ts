import { request } from "node:https";
import { TlsIdentity, TokenList } from "@flawless-ts/http-service/program";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { firstCertificate, secondCertificate, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { startServer } from "../server.ts";

interface Answer {
  readonly status: number;
  /** The fingerprint of the server's certificate. */
  readonly certificate: string;
}

/** Asks over a connection of its own, which comes to any engine by chance. */
async function ask(url: string, token: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(
    `${url}/api/modules`,
    {
      agent: false,
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${token}` },
    },
    (response) => {
      const { fingerprint256 } = (
        response.socket as unknown as {
          getPeerCertificate(): { readonly fingerprint256: string };
        }
      ).getPeerCertificate();
      response
        .resume()
        .once("end", () =>
          resolve({ status: response.statusCode ?? 0, certificate: fingerprint256 }),
        );
    },
  )
    .once("error", reject)
    .end();
  return promise;
}

/** So many that some come to each engine. */
async function askAll(url: string, token: string): Promise<readonly string[]> {
  const answers = await Promise.all(Array.from({ length: 24 }, () => ask(url, token)));
  return [...new Set(answers.map(({ status, certificate }) => `${status} ${certificate}`))];
}

test("all engines have the same tokens and certificate, also when these change", async () => {
  using directory = new TemporaryDirectory();
  const tokens = new TokenList(["first"]);
  const tls = new TlsIdentity(firstCertificate);
  await using server = await startServer({
    directory: directory.path,
    engines: 2,
    port: 0,
    tokens,
    tls,
    executors: { threads: 1 },
  });
  const [before = ""] = await askAll(server.url, "first");
  expect(before).toMatch(/^200 /);
  expect(await askAll(server.url, "first")).toEqual([before]);
  tokens.replace(["second"]);
  tls.replace(secondCertificate);
  // Other threads hear of it a moment later.
  await expect
    .poll(() => askAll(server.url, "second"), { timeout: 30_000 })
    .toEqual([expect.stringMatching(/^200 /)]);
  const [after = ""] = await askAll(server.url, "second");
  expect(after.slice(4)).not.toBe(before.slice(4));
  expect(await askAll(server.url, "first")).toEqual([after.replace("200", "401")]);
}, 90_000);

test("observers are refused, which other threads could not call", async () => {
  using directory = new TemporaryDirectory();
  const started = startServer({ directory: directory.path, engines: 2, observers: [{}] });
  await expect(started).rejects.toBeInstanceOf(InvalidOptionError);
  await expect(started).rejects.toThrow("expected none where there are several engines");
});
