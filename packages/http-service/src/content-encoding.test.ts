import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { refuseEncodedBody } from "./content-encoding.ts";

const length = { "content-length": "3" };

test.each(["gzip", "GZIP", "x-gzip", "br", "deflate", "zstd", "compress", "identity, gzip", "odd"])(
  "a body with the encoding %s is refused, however its length is given",
  (encoding) => {
    for (const framing of [length, { "transfer-encoding": "chunked" }]) {
      expect(() => refuseEncodedBody({ "content-encoding": encoding, ...framing })).toThrow(
        expect.objectContaining({
          status: 415,
          code: "UNSUPPORTED_MEDIA_TYPE",
          message: expect.stringContaining(`Content-Encoding ${JSON.stringify(encoding)}`),
          headers: { "accept-encoding": "identity" },
        }),
      );
    }
  },
);

test.each([
  {},
  length,
  { "content-encoding": "identity", ...length },
  { "content-encoding": "Identity, identity", ...length },
  { "content-encoding": "", ...length },
  { "content-encoding": "gzip" },
  { "content-encoding": "gzip", "content-length": "0" },
])("%j is let through", (headers) => {
  expect(() => refuseEncodedBody(headers)).not.toThrow(ApiError);
});
