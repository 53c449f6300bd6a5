import { Duplex } from "node:stream";
import type { BiStream } from "@number0/iroh";
import { abortStream, readPiece, writeBytes } from "./native-stream.ts";

/** Says that a stream was left before its end. */
const cancelled = 0n;

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
    readPiece(this.#stream.recv).then(
      (bytes) => this.push(bytes),
      (error: Error) => this.destroy(error),
    );
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    writeBytes(this.#stream.send, bytes).then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#stream.send.finish().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const ended = this.readableEnded && this.writableFinished;
    if (ended) {
      done(error);
    } else {
      void abortStream(this.#stream, cancelled).then(() => done(error));
    }
  }
}
