import { randomHex } from "../random-hex.ts";
import { joinBytes } from "./join-bytes.ts";

const utf8 = new TextEncoder();

/** The body of a `multipart/form-data` request. */
export interface MultipartBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * A form with one part `module` of type `application/wasm` and without a file name, byte for byte as sent by the
 * original client (`flawless-utils` 1.0.0-beta.3), which the original server certainly accepts.
 */
export function moduleForm(module: Uint8Array): MultipartBody {
  // Random enough that no module contains it.
  const boundary = randomHex(16);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="module"\r\nContent-Type: application/wasm\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: joinBytes([utf8.encode(head), module, utf8.encode(`\r\n--${boundary}--\r\n`)]),
  };
}
