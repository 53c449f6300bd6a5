import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Flawless } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

const bundler = fileURLToPath(new URL("../../scripts/bundle.ts", import.meta.url));

let directory: TemporaryDirectory;

beforeAll(async () => {
  directory = new TemporaryDirectory();
  await promisify(execFile)(process.execPath, [bundler, "--out", directory.join("bundle")]);
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(
    directory.join("run.js"),
    'import { main } from "./bundle/main.js";\nawait main();\n',
  );
}, 120_000);

afterAll(() => {
  directory.remove();
});

describe("the bundled command", () => {
  test("runs workflows, with its threads and pages", async () => {
    await using server = new CliProcess(
      ["up", "--working-dir", directory.join("data"), "--bind", "127.0.0.1:0", "--json"],
      { script: directory.join("run.js") },
    );
    const { url } = JSON.parse(await server.firstLine) as { readonly url: string };
    await using flawless = new Flawless({ url });
    const module = await flawless.deploy(fixtureBytes("conformance"));
    const response = await flawless
      .module(module.name, module.version)
      .execute("add", { a: 1, b: 2 });

    expect(response).toBe(3);
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: "3.1.0" });
    const refused = await fetch(`${url}/api/workflows?limit=x`);
    expect([refused.status, refused.headers.get("flawless-error-code")]).toEqual([
      400,
      "INVALID_REQUEST",
    ]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("flawless_");
    expect((await fetch(url, { headers: { accept: "text/html" } })).status).toBe(200);
  });

  test("lists its sources, relative to its own folder", async () => {
    const files = JSON.parse(
      await readFile(directory.join("bundle/made-of.json"), "utf8"),
    ) as readonly string[];
    const places = files.map((file) =>
      fileURLToPath(new URL(file, new URL(`file://${directory.join("bundle/")}`))),
    );

    expect(
      places.map((place) => /packages\/([\w-]+)\/dist\/\.tsbuildinfo$/.exec(place)?.[1]),
    ).toEqual(expect.arrayContaining(["http-service", "server", "sqlite-thread", "wasm-module"]));
  });

  test("loads Node.js modules without `import`, which loads more than needed", async () => {
    const texts = await Promise.all(
      (await readdir(directory.join("bundle")))
        .filter((name) => name.endsWith(".js"))
        .map((name) => readFile(directory.join("bundle", name), "utf8")),
    );

    expect(texts.join("\n")).not.toMatch(/^(import|export) .*["']node:/m);
    expect(texts.join("\n")).toContain('process.getBuiltinModule("node:fs")');
    // These are loaded with the first call.
    expect(texts.join("\n")).toMatch(
      /=> process\.getBuiltinModule\("node:crypto"\)\.randomBytes\(/,
    );
    expect(texts.join("\n")).not.toMatch(
      /= process\.getBuiltinModule\("node:(crypto|tls|child_process)"\);/,
    );
  });

  test("includes the licenses of its libraries", async () => {
    const text = await readFile(directory.join("bundle/licenses.txt"), "utf8");

    const titles = text.split("\n").filter((line) => /^\S+ \d+\.\d+\.\d+ \(.+\)$/.test(line));
    expect(titles).toEqual(expect.arrayContaining([expect.stringMatching(/^fastify .* \(MIT\)$/)]));
    expect(text).toContain("Copyright (c) 2016-present The Fastify team");
  });
});
