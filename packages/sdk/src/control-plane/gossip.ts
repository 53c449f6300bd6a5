import { createParser, type EventSourceMessage, type ParseError } from "eventsource-parser";
import { AnswerTooLargeError } from "../errors/answer-errors.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { withTimeout, type CallOptions } from "../http/call-scope.ts";
import type { HttpStream } from "../http/messages.ts";
import { expectSuccess } from "./answers.ts";
import { get, jsonPost, type Connection } from "./connection.ts";
import { checkOpened } from "./opened.ts";
import type { GossipMessage } from "./types.ts";

const joinPaths = { first: "/iroh/gossip/join", second: "/api/iroh/gossip/join" };
const broadcastPaths = { first: "/iroh/gossip/broadcast", second: "/api/iroh/gossip/broadcast" };

/** Topics for everyone to send to and listen to. A topic's id is 64 hex digits. */
export class Gossip {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Makes the server join a topic.
   *
   * @throws {InvalidOptionError} if the topic's id is not 64 hex digits.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async join(topicId: string, options: CallOptions = {}): Promise<void> {
    checkTopic(topicId);
    using scope = this.#connection.transport.begin(`Joining the topic ${topicId}`, options);
    const request = jsonPost({ topic_id: topicId }, "harmless");
    expectSuccess(await this.#connection.send(joinPaths, request, scope));
  }

  /**
   * Sends a message to all listeners. Never sent twice: after a connection failure with `maybeSent`, it may have been
   * sent.
   *
   * @throws {InvalidOptionError} if the topic's id is not 64 hex digits.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async broadcast(topicId: string, message: string, options: CallOptions = {}): Promise<void> {
    checkTopic(topicId);
    using scope = this.#connection.transport.begin(`Sending to the topic ${topicId}`, options);
    const request = jsonPost({ topic_id: topicId, message }, "unless-sent");
    expectSuccess(await this.#connection.send(broadcastPaths, request, scope));
  }

  /**
   * Listens to a topic until the server ends it, the loop is left or the signal is aborted. Messages sent while
   * nobody listens, or after the connection broke, are lost.
   *
   * @param options its `timeoutMs` is how long to listen. Default: forever, whatever the client's.
   * @throws {InvalidOptionError} if the topic's id is not 64 hex digits.
   * @throws {NotSupportedByServerError} from mvm-ci.
   * @throws {FlawlessConnectionError} if the connection breaks.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async *subscribe(
    topicId: string,
    options: CallOptions = {},
  ): AsyncGenerator<GossipMessage, void, undefined> {
    checkTopic(topicId);
    const { transport } = this.#connection;
    using scope = transport.begin(
      `Listening to the topic ${topicId}`,
      withTimeout(options, Infinity),
    );
    const base = (await this.#connection.form(scope)) === "first" ? "/iroh" : "/api/iroh";
    const request = {
      ...get,
      path: `${base}/gossip/subscribe/${topicId}`,
      headers: { accept: "text/event-stream" },
    };
    const opened = await transport.open(request, scope);
    await checkOpened(this.#connection, opened, "listening to gossip");
    yield* messagesOf(opened, transport.options.maxResponseBytes);
  }
}

async function* messagesOf(
  { url, chunks }: HttpStream,
  maxBytes: number,
): AsyncGenerator<GossipMessage, void, undefined> {
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => void waiting.push(event),
    onError: ({ type }: ParseError) => {
      if (type === "max-buffer-size-exceeded") throw new AnswerTooLargeError(url, maxBytes);
    },
    maxBufferSize: maxBytes,
  });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const { event = "message", data, id = null } of waiting.splice(0)) {
      yield { event, data, id };
    }
  }
}

function checkTopic(topicId: string): void {
  if (typeof topicId === "string" && /^[0-9a-f]{64}$/i.test(topicId)) return;
  throw new InvalidOptionError(
    "topicId",
    `expected 64 hex digits, but got ${JSON.stringify(topicId)}.`,
  );
}
