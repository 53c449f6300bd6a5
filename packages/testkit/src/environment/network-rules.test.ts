import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { TestEnvironment } from "./test-environment.ts";

test("a workflow gets a transport error for a host that the rules refuse, and no request is sent", async () => {
  await using env = await TestEnvironment.create({
    http: { "*": { body: "fine" } },
    network: { denyPrivate: true, denyHosts: ["*.evil.example"] },
  });
  const module = await env.deploy(fixtureBytes("conformance"));
  for (const url of ["http://127.0.0.1/", "http://localhost/", "https://a.evil.example/"]) {
    const run = await module.start("http", { method: "GET", url });
    expect(JSON.stringify(await run.response())).toContain("do not let workflows call");
  }
  expect(env.requests).toEqual([]);

  const run = await module.start("http", { method: "GET", url: "https://good.example/" });
  expect(JSON.stringify(await run.response())).toContain("fine");
  expect(env.requests).toHaveLength(1);
});

test("an invalid network rule is refused", async () => {
  await expect(
    TestEnvironment.create({ network: { allowHosts: ["http://site.example/"] } }),
  ).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION" });
});
