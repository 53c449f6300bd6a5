import { withTimeout, type CallOptions, type CallScope } from "../http/call-scope.ts";
import type { HttpStream } from "../http/messages.ts";
import { checkedText } from "../options/checks.ts";
import { storedHash } from "./answer-shapes.ts";
import { readJson } from "./answers.ts";
import { get, type Connection } from "./connection.ts";
import { checkOpened } from "./opened.ts";

/** What can be stored: bytes, or a stream of them. */
export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>;

const storePaths = { first: "/iroh/blob/store", second: "/api/iroh/blob/store" };

/** The control plane's blobs: bytes by their BLAKE3 hash. */
export class Blobs {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Stores bytes. The same bytes have the same hash, so a failed request with bytes is retried; one with a stream is
   * not.
   *
   * @returns the hash.
   * @throws {InvalidRequestError} if they are more than the server accepts.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async store(blob: BlobSource, options: CallOptions = {}): Promise<string> {
    using scope = this.#connection.transport.begin("Storing a blob", options);
    const bytes = blob instanceof Uint8Array;
    const request = {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: blob,
      repeat: bytes ? "harmless" : "never",
      // Receiving and storing it may take a while.
      nodeAnswersWithinMs: 60_000,
    } as const;
    return readJson(await this.#connection.send(storePaths, request, scope), storedHash);
  }

  /**
   * Gets bytes.
   *
   * @throws {NotFoundError} if there is no such blob.
   * @throws {AnswerTooLargeError} if there are more than `maxResponseBytes`; `stream` them instead.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async get(hash: string, options: CallOptions = {}): Promise<Uint8Array> {
    checkedText("hash", hash);
    using scope = this.#connection.transport.begin(`Getting the blob ${hash}`, options);
    return await this.#connection.transport.readAll(await this.#open(hash, scope));
  }

  /**
   * Streams bytes, however many. Leaving the loop closes the connection.
   *
   * @param options its `timeoutMs` applies to the whole stream. Default: none, whatever the client's.
   * @throws {NotFoundError} when there is no such blob.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async *stream(
    hash: string,
    options: CallOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    checkedText("hash", hash);
    using scope = this.#connection.transport.begin(
      `Getting the blob ${hash}`,
      withTimeout(options, Infinity),
    );
    yield* (await this.#open(hash, scope)).chunks;
  }

  async #open(hash: string, scope: CallScope): Promise<HttpStream> {
    const base = (await this.#connection.form(scope)) === "first" ? "/iroh" : "/api/iroh";
    const request = {
      ...get,
      path: `${base}/blob/${encodeURIComponent(hash)}`,
      headers: { accept: "application/octet-stream" },
    };
    const opened = await this.#connection.transport.open(request, scope);
    await checkOpened(this.#connection, opened);
    return opened;
  }
}
