import { randomUUID } from "node:crypto";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { blake3 } from "@noble/hashes/blake3.js";
import { makeDirectory } from "@flawless-ts/sqlite-thread";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ControlPlaneError } from "../errors.ts";
import { blobName, type Blobs, type StoredBlob, tooLarge } from "./blobs.ts";

/**
 * Bytes by their BLAKE3 hash, as in iroh, in one directory. A blob is either complete or missing: it is written to a temporary
 * file, synced to disk (fsync), and then renamed.
 */
export class BlobStore implements Blobs {
  readonly #directory: string;
  readonly #arriving: string;
  readonly #maxBytes: number;

  /**
   * @param directory created if missing; partial files of an earlier process are removed
   * @param maxBytes the max size of a blob
   */
  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#arriving = join(directory, "arriving");
    this.#maxBytes = maxBytes;
    try {
      makeDirectory(resolve(this.#arriving), 0o700);
      for (const name of readdirSync(this.#arriving)) {
        rmSync(join(this.#arriving, name), { force: true });
      }
    } catch (error) {
      throw new ControlPlaneError(
        "DIRECTORY_UNUSABLE",
        `The directory for blobs ${directory} can't be used: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  /**
   * Stores bytes as they arrive.
   *
   * @returns the hash, 64 hex digits
   * @throws ControlPlaneError `BLOB_TOO_LARGE`
   */
  async store(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const path = join(this.#arriving, randomUUID());
    try {
      const hash = await this.#receive(path, bytes);
      await rename(path, join(this.#directory, hash));
      await syncDirectory(this.#directory);
      return hash;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /**
   * @param hash 64 hex digits
   * @throws ControlPlaneError `INVALID_REQUEST` for anything else, `BLOB_NOT_FOUND`
   */
  async find(hash: string): Promise<StoredBlob> {
    const name = blobName(hash);
    const path = join(this.#directory, name);
    try {
      const { size } = await stat(path);
      return { sizeBytes: size, stream: () => createReadStream(path) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        throw new ControlPlaneError("BLOB_NOT_FOUND", `There is no blob ${name}.`);
      }
      throw error;
    }
  }

  async #receive(path: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const hasher = blake3.create();
    await using file = await open(path, "wx", 0o600);
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > this.#maxBytes) {
        throw tooLarge(this.#maxBytes);
      }
      hasher.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    return bytesToHex(hasher.digest());
  }
}

/** Makes a new directory entry as durable as its file. */
async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}
