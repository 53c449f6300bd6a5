const signatures: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], "a gzip file: unpack it first"],
  [[0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file: unpack it first"],
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive: unpack it first"],
  [[0x7f, 0x45, 0x4c, 0x46], "an ELF program or library: build for wasm32-unknown-unknown"],
  [[0xcf, 0xfa, 0xed, 0xfe], "a Mach-O program or library: build for wasm32-unknown-unknown"],
  [[0xca, 0xfe, 0xba, 0xbe], "a Mach-O or Java file: build for wasm32-unknown-unknown"],
  [[0x4d, 0x5a], "a Windows program or library: build for wasm32-unknown-unknown"],
  [[0x42, 0x43, 0xc0, 0xde], "LLVM bitcode: link it for wasm32-unknown-unknown"],
];

const texts: readonly (readonly [start: RegExp, what: string])[] = [
  [/^!<arch>/, 'a static library: build with crate-type "cdylib"'],
  [
    /^(?:\(;(?:(?!;\))[^])*;\)|;;[^\n]*\n|\s)*\(\s*(?:module|component)\b/,
    "WebAssembly text: assemble it, such as with wat2wasm",
  ],
  [
    /^\s*<(?:!doctype\s+html|html)\b/i,
    "an HTML page: was an error page downloaded instead of the file?",
  ],
  [/^\s*<\?xml/, "an XML document: was an error page downloaded instead of the file?"],
  [/^version https:\/\/git-lfs/, "a Git LFS pointer: run `git lfs pull`"],
  [/^\s*[{[]/, "JSON: was an error message downloaded instead of the file?"],
];

/** Describes what a file that is not WebAssembly looks like, with a hint if one helps. */
export function describeForeignFormat(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const signature = signatures.find(([start]) =>
    start.every((byte, index) => bytes[index] === byte),
  );
  if (signature !== undefined) return signature[1];

  const head = bytes.slice(0, 1024);
  // As a stream, so that a character that is split at the end doesn't count as broken.
  const text = new TextDecoder().decode(head, { stream: true });
  const known = texts.find(([start]) => start.test(text));
  if (known !== undefined) return known[1];
  // Whatever it contains, a text has neither control characters nor invalid UTF-8.
  if (/^[^\p{Cc}\uFFFD]*$/u.test(text.replace(/[\t\n\f\r]/g, ""))) return "a text";
  const start = Array.from(head.slice(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(
    " ",
  );
  return `neither a known format nor a text; its first bytes are ${start}`;
}
