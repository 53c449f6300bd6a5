import type { Readable } from "node:stream";
import { ControlPlaneError } from "../errors.ts";

/** A blob to read. */
export interface StoredBlob {
  readonly sizeBytes: number;
  /** Opens it on first read. */
  readonly stream: () => Readable;
}

/** Bytes by their BLAKE3 hash, as in iroh. A blob is either complete or missing. */
export interface Blobs {
  /**
   * Stores bytes as they arrive.
   *
   * @returns the hash, 64 hex digits
   * @throws ControlPlaneError `BLOB_TOO_LARGE`
   */
  store(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /**
   * @param hash 64 hex digits
   * @throws ControlPlaneError `INVALID_REQUEST` for anything else, `BLOB_NOT_FOUND`
   */
  find(hash: string): Promise<StoredBlob>;
}

/** @throws ControlPlaneError `INVALID_REQUEST` if it isn't a hash */
export function blobName(hash: string): string {
  const name = hash.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(name)) return name;
  throw new ControlPlaneError(
    "INVALID_REQUEST",
    `A blob's hash has 64 hex digits (BLAKE3), not ${JSON.stringify(hash.slice(0, 100))}.`,
  );
}

/** The error for a larger blob. */
export function tooLarge(maxBytes: number): ControlPlaneError {
  return new ControlPlaneError(
    "BLOB_TOO_LARGE",
    `The blob is larger than ${maxBytes} bytes, this server's limit.`,
  );
}
