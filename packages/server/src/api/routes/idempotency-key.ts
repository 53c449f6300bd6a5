import { ApiError } from "@flawless-ts/http-service";

/** The header's description in the OpenAPI document. @param effect of a second request with the same key */
export function keyHeader(effect: string): { readonly type: "string"; readonly description: string } {
  return { type: "string", description: `1 to 255 visible ASCII characters. ${effect}` };
}

/** @throws ApiError `INVALID_REQUEST` */
export function readKey(header: string | undefined): string | undefined {
  if (header !== undefined && !/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new ApiError(
      "INVALID_REQUEST",
      "Idempotency-Key must have 1 to 255 visible ASCII characters and no spaces.",
    );
  }
  return header;
}
