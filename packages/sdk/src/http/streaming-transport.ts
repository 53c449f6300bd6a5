import type { FlawlessConnectionError } from "../errors/connection-errors.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import type { ResolvedOptions } from "../options/flawless-options.ts";
import type { CallScope } from "./call-scope.ts";
import {
  connectionProblem,
  flawlessServer,
  type AddressFailure,
  type ConnectionProblem,
  type ServerKind,
} from "./connection-failure.ts";
import type { HttpRequest, HttpStream } from "./messages.ts";
import { verdictOf } from "./outcome.ts";
import { Senders } from "./senders.ts";
import { readBytes, Transport } from "./transport.ts";

/** A {@link Transport} that can also stream responses. */
export class StreamingTransport extends Transport {
  declare readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions, server: ServerKind = flawlessServer) {
    super(options, new Senders(options, server.service), server);
  }

  /**
   * Sends a request, at most once to each address, and streams the response.
   *
   * @param scope must last until the body is read.
   * @throws {FlawlessConnectionError} if there was no response.
   * @throws {FlawlessError} the reason why the call ended.
   */
  async open(request: HttpRequest, scope: CallScope): Promise<HttpStream> {
    const failures: AddressFailure[] = [];
    const noteFailure = async (url: string, cause: unknown): Promise<ConnectionProblem> => {
      scope.check();
      const problem = await connectionProblem(cause, this.server);
      failures.push({ method: request.method, url, problem });
      return problem;
    };
    const failed = (): FlawlessConnectionError => this.failure(failures, failures.length);
    async function* chunksOf(
      url: string,
      body: AsyncIterable<Uint8Array>,
    ): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        yield* body;
      } catch (cause) {
        await noteFailure(url, cause);
        throw failed();
      }
    }
    const urls = this.addresses.inTurn();
    for (const [index, base] of urls.entries()) {
      const isLast = index === urls.length - 1;
      const target = { method: request.method, url: `${base}${request.path}` };
      scope.check();
      try {
        // A stream, such as gossip, may pause for a long time.
        const response = await this.request(request, base, scope, 0);
        const { status, headers, body } = response;
        const answer = { ...target, status, headers, text: "" };
        const outcome = { answer, retryAfterMs: null };
        if (isLast || verdictOf(request, outcome, true) === "final") {
          if (status < 500) this.addresses.stickTo(base);
          const { text: _unread, ...opened } = answer;
          return { ...opened, chunks: chunksOf(target.url, body) };
        }
        await response.discard();
      } catch (cause) {
        if (InvalidOptionError.is(cause)) throw cause;
        const problem = await noteFailure(target.url, cause);
        const isFinal = verdictOf(request, { answer: null, problem }, true) === "final";
        if (isLast || isFinal) throw failed();
      }
      this.addresses.leave(base);
    }
    throw new Error("unreachable: there is always an address");
  }

  /**
   * Reads the whole response of an opened request.
   *
   * @throws {AnswerTooLargeError} if it is too large.
   * @throws {FlawlessError} as {@link HttpStream.chunks} does.
   */
  async readAll({ url, chunks }: HttpStream): Promise<Uint8Array> {
    return await readBytes(chunks, url, this.options.maxResponseBytes);
  }
}
