import { Duplex } from "node:stream";
import type { BiStream } from "@number0/iroh";
import { reasonOf } from "../native-failure.ts";
import { within } from "../within.ts";
import type { ByteReader } from "./byte-reader.ts";
import { abortStream, writeBytes } from "./native-stream.ts";

/** Says that a stream was left before its end. */
const cancelled = 0n;
/** How long the other side may take to get what was written last, in milliseconds. */
const farewellMs = 2_000;

type Callback = (error?: Error | null) => void;

/** A bidirectional stream of QUIC, in place of a TCP socket: HTTP/1.1 clients and servers of Node take it as one. */
export class BiDuplex extends Duplex {
  /** What limits by address go by: the peer's endpoint id. */
  readonly remoteAddress: string;
  readonly #stream: BiStream;
  readonly #reader: ByteReader;

  /**
   * @param reader what it is read by
   * @param peer the endpoint id of the other side
   */
  constructor(stream: BiStream, reader: ByteReader, peer: string) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.#reader = reader;
    this.remoteAddress = peer;
  }

  // What HTTP clients and servers set on sockets; streams of QUIC have no need of it.
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  override _read(): void {
    void this.#read();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Callback): void {
    void tell(writeBytes(this.#stream.send, bytes), done);
  }

  override _final(done: Callback): void {
    void tell(this.#stream.send.finish(), done);
  }

  override _destroy(error: Error | null, done: Callback): void {
    void tell(this.#leave(), done, error);
  }

  async #leave(): Promise<void> {
    if (!this.writableFinished) {
      abortStream(this.#stream, cancelled);
      return;
    }
    // Whoever ends the connection now would take the last bytes away from a peer that has not got them yet.
    const { send, recv } = this.#stream;
    if (!this.readableEnded) recv.stop(cancelled).catch(() => undefined);
    await within(farewellMs, send.stopped()).catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      this.push(await this.#reader.piece());
    } catch (error) {
      this.destroy(brokenBy(error));
    }
  }
}

/** As where a TCP connection breaks. */
function brokenBy(cause: unknown): Error {
  const error = new Error(`the connection of iroh broke: ${reasonOf(cause)}`, { cause });
  return Object.assign(error, { code: "ECONNRESET" });
}

/** As streams of Node want to be told of what has ended. */
async function tell(
  work: Promise<unknown>,
  done: Callback,
  before: Error | null = null,
): Promise<void> {
  let failure = before;
  try {
    await work;
  } catch (error) {
    failure ??= brokenBy(error);
  }
  // Not within the promise: what the callback throws is not the work's failure.
  setImmediate(done, failure);
}
