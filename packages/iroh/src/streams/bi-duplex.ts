import { Duplex } from "node:stream";
import type { BiStream } from "@number0/iroh";
import { reasonOf } from "../native-failure.ts";
import { within } from "../within.ts";
import type { ByteReader } from "./byte-reader.ts";
import { abortStream, writeBytes } from "./native-stream.ts";

/** The code for a stream that was left before its end. */
const cancelled = 0n;
/** How long the other side may take to receive the last bytes, in milliseconds. */
const farewellMs = 2_000;

type Callback = (error?: Error | null) => void;

/** A bidirectional QUIC stream that Node's HTTP/1.1 clients and servers accept as a TCP socket. */
export class BiDuplex extends Duplex {
  /** The address for limits: the peer's endpoint id. */
  readonly remoteAddress: string;
  readonly #stream: BiStream;
  readonly #reader: ByteReader;

  /**
   * @param reader reads the stream
   * @param peer the other side's endpoint id
   */
  constructor(stream: BiStream, reader: ByteReader, peer: string) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.#reader = reader;
    this.remoteAddress = peer;
  }

  // HTTP clients and servers set these on sockets; QUIC streams don't need them.
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
    // Ending the connection now would lose the last bytes that the peer hasn't received yet.
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

/** As if a TCP connection broke. */
function brokenBy(cause: unknown): Error {
  const error = new Error(`the connection of iroh broke: ${reasonOf(cause)}`, { cause });
  return Object.assign(error, { code: "ECONNRESET" });
}

/** Reports the end of work to a callback, as Node's streams require. */
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
  // Outside the promise, because an error of the callback is not the work's failure.
  setImmediate(done, failure);
}
