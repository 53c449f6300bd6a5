import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRegularFile } from "./read-regular-file.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "flawless-files-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const at = (name: string): string => join(directory, name);

test("a file is read, also through a link, up to its limit", async () => {
  writeFileSync(at("file"), "12345");
  symlinkSync(at("file"), at("link"));
  writeFileSync(at("empty"), "");

  expect(String(await readRegularFile(at("file"), 5))).toBe("12345");
  expect(String(await readRegularFile(at("link"), 5))).toBe("12345");
  expect(String(await readRegularFile(at("empty"), 5))).toBe("");
  await expect(readRegularFile(at("file"), 4)).rejects.toThrow(
    `${at("file")} has more than 4 bytes`,
  );
});

test("a missing file is reported with the system's code", async () => {
  await expect(readRegularFile(at("none"), 5)).rejects.toMatchObject({ code: "ENOENT" });
});

describe.skipIf(process.platform === "win32")("nothing is read of", () => {
  test("a FIFO that nobody writes to", async () => {
    execFileSync("mkfifo", [at("fifo")]);
    await expect(readRegularFile(at("fifo"), 5)).rejects.toThrow(
      `${at("fifo")} is not a regular file`,
    );
  });

  test("a device", async () => {
    await expect(readRegularFile("/dev/zero", 5)).rejects.toThrow(
      "/dev/zero is not a regular file",
    );
  });

  test("a folder", async () => {
    await expect(readRegularFile(directory, 5)).rejects.toMatchObject({ code: "EISDIR" });
  });

  test("a socket", async () => {
    const server = createServer().listen(at("socket"));
    await once(server, "listening");
    await expect(readRegularFile(at("socket"), 5)).rejects.toThrow();
    server.close();
  });
});
