import { expect, test } from "vitest";
import { originalDockerfile, pinnedServer } from "./original-server.ts";
import { type CommonContext, hashContext } from "./build-context.ts";
import { textEntry } from "./context-entry.ts";
import { loadedLibraries } from "./system-files.ts";

test("the libraries that a loader lists are parsed, without the kernel's own", () => {
  const output = [
    "\tlinux-vdso.so.1 (0x00007fff)",
    "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fe8)",
    "\tlibgone.so => not found",
    "\t/lib64/ld-linux-x86-64.so.2 (0x00007fe9)",
  ].join("\n");
  expect(loadedLibraries(output)).toEqual([
    "/lib/x86_64-linux-gnu/libm.so.6",
    "/lib64/ld-linux-x86-64.so.2",
  ]);
});

test("the original server's Dockerfile copies a file, or downloads it with its checksum", () => {
  expect(originalDockerfile({ binary: "/home/me/flawless" }, "flawless-ts:x", pinnedServer)).toBe(
    [
      "FROM flawless-ts:x",
      "USER 0:0",
      "COPY original/ /",
      "USER 10001:10001",
      "ENV FLAWLESS_PROGRAM=/opt/flawless/flawless",
      "",
    ].join("\n"),
  );
  expect(originalDockerfile({ download: true }, "flawless-ts:x", pinnedServer)).toContain(
    'RUN ["/usr/local/bin/node","/opt/flawless-ts/entrypoint/main.js","--download","https://downloads.flawless.dev/1.0.0-beta.3/x64-linux/flawless","b511598babcde8a8bc7898f6e0c7b06b3f51a2d26227fba1cc480b06af5a215c","/opt/flawless/flawless"]',
  );
});

const dependency = {
  name: "fastify",
  version: "5.0.0",
  directory: "/somewhere",
  location: "node_modules/fastify",
};
const context: CommonContext = {
  dockerfile: "FROM scratch",
  packages: [dependency],
  ours: [textEntry("packages/a.js", "1")],
  owned: [],
};
const changes: readonly [string, CommonContext, string][] = [
  ["the Dockerfile", { ...context, dockerfile: "FROM node" }, "node 26"],
  ["a version", { ...context, packages: [{ ...dependency, version: "5.0.1" }] }, "node 26"],
  ["a file of ours", { ...context, ours: [textEntry("packages/a.js", "2")] }, "node 26"],
  ["a permission", { ...context, ours: [textEntry("packages/a.js", "1", 0o755)] }, "node 26"],
  ["the system", context, "node 27"],
];

test.each(changes)("%s changes the hash", (_what, changed, system) => {
  expect(hashContext(changed, system)).not.toBe(hashContext(context, "node 26"));
});

test("an image's hash does not depend on where packages are installed", () => {
  const elsewhere = { ...context, packages: [{ ...dependency, directory: "/elsewhere" }] };
  expect(hashContext(elsewhere, "node 26")).toBe(hashContext(context, "node 26"));
  expect(hashContext(context, "node 26")).toMatch(/^[0-9a-f]{16}$/);
});
