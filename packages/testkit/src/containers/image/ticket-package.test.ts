import { mkdirSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { assertTicketPackage, ticketPackage } from "./ticket-package.ts";

test("if the package for tickets is missing, the error has its name and how to install it", () => {
  using directory = new TemporaryDirectory();
  for (const image of ["auto", "scratch", { base: "node:26.10.0-slim" }] as const) {
    expect(() => assertTicketPackage(image, directory.path)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_TESTKIT_NO_IROH",
        message: expect.stringContaining(`\`npm install --save-dev ${ticketPackage}\``),
      }),
    );
  }
});

test("an existing image is not checked, and one to be built needs the package installed", () => {
  using directory = new TemporaryDirectory();
  expect(() => assertTicketPackage({ name: "nodes:1" }, directory.path)).not.toThrow();
  const installed = directory.join("node_modules", ticketPackage);
  mkdirSync(installed, { recursive: true });
  writeFileSync(`${installed}/package.json`, "{}");
  expect(() => assertTicketPackage("auto", directory.path)).not.toThrow();
});
