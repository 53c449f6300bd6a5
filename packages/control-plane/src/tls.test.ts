import { ControlPlane } from "@flawless-ts/sdk";
import { firstCertificate, secondCertificate, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { TlsIdentity, TokenList } from "@flawless-ts/http-service";
import { expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";

test("a control plane with a certificate serves HTTPS, and certificate and tokens can be replaced while it runs", async () => {
  using directory = new TemporaryDirectory();
  const tls = new TlsIdentity(firstCertificate);
  const tokens = new TokenList(["old"]);
  await using server = await startControlPlane({
    directory: directory.path,
    port: 0,
    flawlessUrl: null,
    tls,
    tokens,
  });
  expect(server.url).toMatch(/^https:/);
  const client = (ca: string, token: string): ControlPlane =>
    new ControlPlane({ url: server.url, ca, token, retry: false });
  {
    await using trusting = client(firstCertificate.cert, "old");
    expect(await trusting.workers.list()).toEqual([]);
  }
  tls.replace(secondCertificate);
  tokens.replace(["new"]);

  await using before = client(firstCertificate.cert, "new");
  await expect(before.workers.list()).rejects.toThrow(/self-signed certificate/);
  await using stranger = client(secondCertificate.cert, "old");
  await expect(stranger.workers.list()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
  await using after = client(secondCertificate.cert, "new");
  expect(await after.workers.list()).toEqual([]);
});
