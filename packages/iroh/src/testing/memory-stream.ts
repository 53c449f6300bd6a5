import type { BiStream, RecvStream, SendStream } from "@number0/iroh";

/** One direction of a stream. */
class Pipe {
  readonly #pieces: number[][] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;
  #reset: bigint | undefined;
  stopped: bigint | undefined;

  write(bytes: readonly number[]): void {
    if (this.stopped !== undefined) throw new Error(`sending stopped by peer: ${this.stopped}`);
    this.#pieces.push([...bytes]);
    this.#wake.resolve();
  }

  end(reset?: bigint): void {
    this.#ended = true;
    this.#reset = reset;
    this.#wake.resolve();
  }

  get reset(): bigint | undefined {
    return this.#reset;
  }

  async read(limit: number): Promise<number[]> {
    for (;;) {
      if (this.#reset !== undefined) throw new Error(`stream reset by peer: ${this.#reset}`);
      const [piece] = this.#pieces;
      if (piece !== undefined) {
        const part = piece.splice(0, limit);
        if (piece.length === 0) this.#pieces.shift();
        if (part.length > 0) return part;
      } else if (this.#ended) {
        return [];
      } else {
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
      }
    }
  }
}

/** A stream in memory, instead of the native library's. */
export class MemoryStream {
  readonly #out: Pipe;
  readonly #in: Pipe;

  constructor(out: Pipe = new Pipe(), incoming: Pipe = new Pipe()) {
    this.#out = out;
    this.#in = incoming;
  }

  /** The other end of it. */
  get peer(): MemoryStream {
    return new MemoryStream(this.#in, this.#out);
  }

  /** The code of a reset to the other end; undefined if there was none. */
  get reset(): bigint | undefined {
    return this.#out.reset;
  }

  /** With the native library's type. */
  get asBiStream(): BiStream {
    const send = {
      writeAll: async (bytes: number[]) => this.#out.write(bytes),
      finish: async () => this.#out.end(),
      reset: async (code: bigint) => this.#out.end(code),
    } as unknown as SendStream;
    const recv = {
      read: async (limit: number) => this.#in.read(limit),
      stop: async (code: bigint) => {
        this.#in.stopped = code;
      },
    } as unknown as RecvStream;
    return { send, recv } as BiStream;
  }

  /** Sends bytes in pieces of this size. */
  send(bytes: Buffer, pieceBytes: number = bytes.length): void {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      this.#out.write([...bytes.subarray(start, start + pieceBytes)]);
    }
  }

  finish(): void {
    this.#out.end();
  }

  /** Everything until the end. */
  async readAll(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const part = await this.#in.read(65_536);
      if (part.length === 0) return Buffer.concat(parts);
      parts.push(Buffer.from(part));
    }
  }
}
