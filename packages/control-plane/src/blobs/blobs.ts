import type { Readable } from "node:stream";
import { ControlPlaneError } from "../errors.ts";

/** A blob to read. */
export interface StoredBlob {
  readonly sizeBytes: number;
  /** Opens it when it is first read. */
  readonly stream: () => Readable;
}

/** Bytes by their BLAKE3 hash, as iroh names them. A blob is there in whole or not at all. */
export interface Blobs {
  /**
   * Stores bytes as they come.
   *
   * @returns the hash, 64 hex digits
   * @throws ControlPlaneError `BLOB_TOO_LARGE`
   */
  store(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /**
   * @param hash 64 hex digits
   * @throws ControlPlaneError `INVALID_REQUEST` for something else, `BLOB_NOT_FOUND`
   */
  find(hash: string): Promise<StoredBlob>;
}

/** @throws ControlPlaneError `INVALID_REQUEST` for what is no hash */
export function blobName(hash: string): string {
  const name = hash.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(name)) return name;
  throw new ControlPlaneError(
    "INVALID_REQUEST",
    `A blob's hash has 64 hex digits (BLAKE3), not ${JSON.stringify(hash.slice(0, 100))}.`,
  );
}

/** The error for a blob of more bytes. */
export function tooLarge(maxBytes: number): ControlPlaneError {
  return new ControlPlaneError(
    "BLOB_TOO_LARGE",
    `The blob is larger than ${maxBytes} bytes, the limit of this server.`,
  );
}
