import { expect, test } from "vitest";
import { moduleForm } from "./multipart.ts";

test("matches the original client: one part without a file name, bytes unchanged", () => {
  const module = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const { contentType, body } = moduleForm(module);
  const boundary = /^multipart\/form-data; boundary=([\w-]+)$/.exec(contentType)?.[1];
  expect(Buffer.from(body).toString("latin1")).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="module"\r\nContent-Type: application/wasm\r\n\r\n` +
      `${Buffer.from(module).toString("latin1")}\r\n--${boundary}--\r\n`,
  );
});

test("two forms have different boundaries", () => {
  expect(moduleForm(new Uint8Array(1)).contentType).not.toBe(
    moduleForm(new Uint8Array(1)).contentType,
  );
});
