import { expect, test } from "vitest";
import { parseFlawlessBind } from "./bind.ts";

test.each([
  ["0.0.0.0:27288", false],
  ["127.0.0.1:27288", true],
  ["localhost:80", true],
  ["[::1]:27288", true],
  ["[::]:27288", false],
  ["192.168.100.10:27288", false],
])("%s: loopback %s", (text, loopback) => {
  expect(parseFlawlessBind(text)).toMatchObject({ loopback });
});

test.each(["", "27288", "0.0.0.0", "0.0.0.0:0", "0.0.0.0:65536", "http://x:1"])(
  "%j is refused",
  (text) => {
    expect(() => parseFlawlessBind(text)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION" }),
    );
  },
);
