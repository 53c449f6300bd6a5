import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { blobName, type Blobs, type StoredBlob, tooLarge } from "../../blobs/blobs.ts";
import { ControlPlaneError } from "../../errors.ts";
import { type PostgresConnection, unavailable } from "./postgres-connection.ts";

/** The size of a piece, in bytes. */
const pieceBytes = 512 * 1024;
/** After this many pieces an upload is marked as still arriving, so that it is not deleted. */
const piecesBetweenTouches = 32;

/** Blobs by BLAKE3 hash in the database, in pieces, so that neither side holds a whole blob in memory. */
export class PostgresBlobs implements Blobs {
  readonly #connection: PostgresConnection;
  readonly #maxBytes: number;

  constructor(connection: PostgresConnection, maxBytes: number) {
    this.#connection = connection;
    this.#maxBytes = maxBytes;
  }

  async store(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const upload = randomUUID();
    const hasher = blake3.create();
    let size = 0;
    let number = 0;
    try {
      await this.#query("INSERT INTO blob_uploads VALUES ($1, now())", [upload]);
      for await (const piece of piecesOf(bytes)) {
        size += piece.length;
        if (size > this.#maxBytes) throw tooLarge(this.#maxBytes);
        hasher.update(piece);
        await this.#query("INSERT INTO blob_pieces VALUES ($1, $2, $3)", [upload, number, piece]);
        number += 1;
        if (number % piecesBetweenTouches === 0) {
          await this.#query("UPDATE blob_uploads SET touched_at = now() WHERE upload = $1", [
            upload,
          ]);
        }
      }
      const hash = bytesToHex(hasher.digest());
      // Only an upload that still exists gets a name: after an hour of silence its pieces were deleted.
      const [row] = await this.#query<{ arriving: boolean }>(
        `WITH arriving AS (DELETE FROM blob_uploads WHERE upload = $2 RETURNING upload),
           named AS (INSERT INTO blobs SELECT $1, upload, $3 FROM arriving ON CONFLICT (hash) DO NOTHING RETURNING hash),
           known AS (DELETE FROM blob_pieces USING arriving
             WHERE blob_pieces.upload = arriving.upload AND NOT EXISTS (SELECT FROM named))
         SELECT EXISTS (SELECT FROM arriving) AS arriving`,
        [hash, upload, size],
      );
      if (row?.arriving !== true) throw unavailable(new Error("the upload took too long"));
      return hash;
    } catch (error) {
      await this.#forget(upload).catch(() => undefined);
      throw error;
    }
  }

  async find(hash: string): Promise<StoredBlob> {
    const name = blobName(hash);
    const [blob] = await this.#query<{ upload: string; size: string }>(
      "SELECT upload, size FROM blobs WHERE hash = $1",
      [name],
    );
    if (blob === undefined) {
      throw new ControlPlaneError("BLOB_NOT_FOUND", `There is no blob ${name}.`);
    }
    const { upload, size } = blob;
    const stream = (): Readable => Readable.from(this.#pieces(upload), { objectMode: false });
    return { sizeBytes: Number(size), stream };
  }

  async *#pieces(upload: string): AsyncGenerator<Buffer, void, undefined> {
    for (let number = 0; ; number += 1) {
      const [piece] = await this.#query<{ bytes: Buffer }>(
        "SELECT bytes FROM blob_pieces WHERE upload = $1 AND number = $2",
        [upload, number],
      );
      if (piece === undefined) return;
      yield piece.bytes;
    }
  }

  async #forget(upload: string): Promise<void> {
    await this.#query("DELETE FROM blob_pieces WHERE upload = $1", [upload]);
    await this.#query("DELETE FROM blob_uploads WHERE upload = $1", [upload]);
  }

  async #query<Row extends object>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    try {
      return (await this.#connection.query(text, values)) as readonly Row[];
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** The same bytes in pieces of equal size, except the last. */
async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk);
    length += chunk.byteLength;
    if (length < pieceBytes) continue;
    let rest = Buffer.concat(waiting);
    for (; rest.length >= pieceBytes; rest = rest.subarray(pieceBytes)) {
      yield rest.subarray(0, pieceBytes);
    }
    waiting = [rest];
    length = rest.length;
  }
  if (length > 0) yield Buffer.concat(waiting);
}
