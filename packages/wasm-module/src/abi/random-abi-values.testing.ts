import type { Body } from "./body-codec.ts";
import { type Duration, maxU64 } from "./duration.ts";
import type {
  HostAnswer,
  HttpResponse,
  HttpResult,
  HttpTransportErrorKind,
  ValueAnswer,
} from "./host-answer.ts";
import type { HostCall, LogLevel, ValueType } from "./host-call.ts";
import type { HttpHeaders } from "./http-headers.ts";

/** Generates host calls and answers, the same ones for the same seed. */
export class RandomAbiValues {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A host call of any kind. */
  call(): HostCall {
    const makers: readonly (() => HostCall)[] = [
      () => ({ kind: "GetInput" }),
      () => ({ kind: "Log", level: this.#level(), message: this.#text() }),
      () => ({ kind: "SendResponse", json: this.#text() }),
      () => ({ kind: "Random", type: this.#valueType() }),
      () => ({ kind: "Sleep", duration: this.#duration() }),
      () => ({
        kind: "HTTPRequest",
        request: {
          config: {
            idempotent: this.#flip(),
            timeout: this.#duration(),
            responseBodyLimit: this.#u64(),
          },
          method: this.#text(),
          url: this.#text(),
          headers: this.#headers(),
          ...this.#body(),
        },
      }),
      () => ({ kind: "GetSecret", name: this.#text() }),
      () => ({ kind: "TimeNow" }),
      () => ({
        kind: "RecvMessage",
        timeout: this.#flip() ? this.#duration() : null,
        types: this.#list(() => this.#text()),
      }),
      () => ({ kind: "StartWorkflow", workflow: this.#text(), input: this.#text() }),
      () => ({ kind: "ReplayDebug", message: this.#text() }),
    ];
    return this.#pick(makers)();
  }

  /** A host answer of any kind. */
  answer(): HostAnswer {
    const makers: readonly (() => HostAnswer)[] = [
      () => ({ kind: "Unit" }),
      () => this.#value(),
      () => ({ kind: "String", value: this.#text() }),
      () => ({ kind: "ResponseSent", sent: this.#flip() }),
      () => ({ kind: "HTTPResponse", result: this.#result() }),
      () => ({ kind: "Time", sinceEpoch: this.#duration() }),
      () => ({ kind: "Message", type: this.#text(), json: this.#text() }),
      () => ({ kind: "Timeout" }),
      () => ({ kind: "Secret", value: this.#flip() ? this.#text() : null }),
    ];
    return this.#pick(makers)();
  }

  /** A whole number from 0 to `limit` - 1 (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  #flip(): boolean {
    return this.below(2) === 0;
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  #list<T>(make: () => T): T[] {
    return Array.from({ length: this.below(4) }, make);
  }

  #text(): string {
    const parts = [
      "",
      "a",
      '"',
      "\\",
      "\n",
      "\u0000",
      "\u2028",
      "é",
      "😀",
      ":1.5",
      ":-0",
      "[12345678901234567890",
      "__proto__",
    ];
    return this.#list(() => this.#pick(parts)).join("");
  }

  #body(): Body {
    const bytes = Buffer.from(this.#list(() => this.below(256)));
    return this.#flip()
      ? { body: this.#text() }
      : { body: bytes.toString("base64"), bodyForm: "bytes" };
  }

  #headers(): HttpHeaders {
    return this.#list(() => [this.#text(), this.#text()] as const);
  }

  #u64(): bigint {
    const edges = [0n, 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, maxU64];
    return this.#flip()
      ? this.#pick(edges)
      : BigInt.asUintN(64, BigInt(this.below(2 ** 32)) * 0x9e3779b97f4a7c15n);
  }

  #duration(): Duration {
    return { secs: this.#u64(), nanos: this.#pick([0, 1, 999_999_999, this.below(1_000_000_000)]) };
  }

  #level(): LogLevel {
    return this.#pick<LogLevel>(["Error", "Warn", "Info", "Debug", "Trace"]);
  }

  #valueType(): ValueType {
    return this.#pick<ValueType>(["Bool", "I32", "I64", "F32", "F64"]);
  }

  #value(): ValueAnswer {
    const kind = "Value";
    const type = this.#valueType();
    switch (type) {
      case "Bool":
        return { kind, type, value: this.#flip() };
      case "I32":
        return { kind, type, value: this.#pick([-(2 ** 31), -1, 0, 1, 2 ** 31 - 1]) };
      case "I64":
        return { kind, type, value: BigInt.asIntN(64, this.#u64()) };
      case "F32":
        return {
          kind,
          type,
          value: this.#pick([0, -0, 0.5, Math.fround(0.1), Math.fround(-3.4e38)]),
        };
      case "F64":
        return {
          kind,
          type,
          value: this.#pick([0, -0, 0.1, 5e-324, -1.7976931348623157e308, 2 ** 53, 1e21, -7]),
        };
    }
  }

  #response(): HttpResponse {
    return {
      statusCode: this.below(2 ** 16),
      url: this.#text(),
      headers: this.#headers(),
      ...this.#body(),
    };
  }

  #result(): HttpResult {
    const makers: readonly (() => HttpResult)[] = [
      () => ({ kind: "Ok", response: this.#response() }),
      () => ({ kind: "Status", statusCode: this.below(2 ** 16), response: this.#response() }),
      () => ({
        kind: "Transport",
        error: {
          kind: this.#pick<HttpTransportErrorKind>([
            "InvalidUrl",
            "Dns",
            "RequestInterrupted",
            "Io",
          ]),
          message: this.#flip() ? this.#text() : null,
          url: this.#flip() ? this.#text() : null,
        },
      }),
    ];
    return this.#pick(makers)();
  }
}
