import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

const script = fileURLToPath(new URL("../../bin/control-plane.js", import.meta.url));

test("bin/control-plane.js runs the command", async () => {
  await using command = new ControlPlaneProcess(["--version"]);
  expect(await command.end).toMatchObject({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

test("Node 12 can parse bin/control-plane.js", async () => {
  const source = await readFile(script, "utf8");
  expect(source).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(source).not.toMatch(/=>|\?\.|\?\?|\bconst\b|\blet\b|\bawait\b|from "node:/);
});
