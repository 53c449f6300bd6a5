import { describe, expect, test } from "vitest";
import { describeForeignFormat } from "./foreign-format.ts";

const utf8 = new TextEncoder();

describe("describeForeignFormat", () => {
  test.each([
    ["an empty file", []],
    ["a gzip file", [0x1f, 0x8b, 0x08, 0x00]],
    ["a Zstandard file", [0x28, 0xb5, 0x2f, 0xfd]],
    ["a ZIP archive", [0x50, 0x4b, 0x03, 0x04]],
    ["an ELF program", [0x7f, 0x45, 0x4c, 0x46, 0x02]],
    ["a Mach-O program", [0xcf, 0xfa, 0xed, 0xfe]],
    ["a Mach-O or Java file", [0xca, 0xfe, 0xba, 0xbe]],
    ["a Windows program", [0x4d, 0x5a, 0x90, 0x00]],
    ["LLVM bitcode", [0x42, 0x43, 0xc0, 0xde]],
    ["its first bytes are 01 02", [1, 2]],
    ["its first bytes are ff ff 61 62", [0xff, 0xff, 0x61, 0x62, 0x63]],
  ])("recognises %s by its bytes", (what, bytes) => {
    expect(describeForeignFormat(Uint8Array.from(bytes))).toContain(what);
  });

  test.each([
    ["a static library", "!<arch>\nlib.rmeta/"],
    ["WebAssembly text", "(module)"],
    ["WebAssembly text", "\uFEFF;; a comment\n (; and\nanother ;)\n( module (func))"],
    ["WebAssembly text", "(component $c)"],
    ["an HTML page", "\n<!DOCTYPE html><title>404</title>"],
    ["an HTML page", "<html>"],
    ["an XML document", '<?xml version="1.0"?>'],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0"],
    ["JSON", '{"error":"not found"}'],
    ["a text", "fn main() {\n\tprintln!();\r\n}"],
    ["a text", "é".repeat(2000)],
    ["a text", `x${"é".repeat(2000)}`],
    // Backtracking over these would take longer than the universe has existed.
    ["a text", ";".repeat(2000)],
    ["a text", "(;;)".repeat(500)],
  ])("recognises %s by its text", (what, content) => {
    expect(describeForeignFormat(utf8.encode(content))).toContain(what);
  });
});
