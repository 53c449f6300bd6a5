import { Duplex } from "node:stream";
import type { BiStream } from "@number0/iroh";
import { abortStream, readPiece, writeBytes } from "./native-stream.ts";

/** Says that a stream was left before its end. */
const cancelled = 0n;

type Callback = (error?: Error | null) => void;

/** A bidirectional stream of QUIC, in place of a TCP socket: HTTP/1.1 clients and servers of Node take it as one. */
export class BiDuplex extends Duplex {
  /** What limits by address go by: the peer's endpoint id. */
  readonly remoteAddress: string;
  readonly #stream: BiStream;

  /** @param peer the endpoint id of the other side */
  constructor(stream: BiStream, peer: string) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
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
    const ended = this.readableEnded && this.writableFinished;
    if (!ended) await abortStream(this.#stream, cancelled);
  }

  async #read(): Promise<void> {
    try {
      this.push(await readPiece(this.#stream.recv));
    } catch (error) {
      this.destroy(error as Error);
    }
  }
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
    failure ??= error as Error;
  }
  // Not within the promise: what the callback throws is not the work's failure.
  setImmediate(done, failure);
}
