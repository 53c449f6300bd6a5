import type { ExtensionAnswer, TestHost } from "./run-module.testing.ts";

/** An operation as requested by a guest. */
export interface AskedOperation {
  readonly operation?: number;
  readonly kind: string;
  readonly [member: string]: unknown;
}

/** What happens to a workflow, and when, in milliseconds after it began. */
export interface Timeline {
  /** How long each operation takes, and its result. */
  readonly ends?: (operation: AskedOperation) => {
    readonly after: number;
    readonly result: unknown;
  };
  readonly messages?: readonly {
    readonly at: number;
    readonly type: string;
    readonly data: unknown;
    readonly update?: boolean;
  }[];
  /** Answers extensions other than `begin`, `run`, `wait` and `abort`. */
  readonly other?: (name: string, body: never) => ExtensionAnswer;
}

/** What a guest requested from an {@link ExtendingHost}, and when. */
export interface Noted {
  readonly at: number;
  readonly what: string;
}

interface MailboxEntry {
  readonly at: number;
  readonly type: string;
  readonly data: unknown;
  readonly update: boolean;
  readonly number: number;
}

interface WaitBody {
  readonly operations?: readonly number[];
  readonly types?: readonly string[];
  readonly timeoutMs?: number;
}

const startTimeMs = Date.UTC(2026, 0, 1);
const missing: ExtensionAnswer = { status: 404, code: "UNKNOWN_EXTENSION", message: "no such" };

/** A host with extensions, whose time passes only while the guest waits. */
export class ExtendingHost {
  /** What began, ended and was aborted. */
  readonly noted: Noted[] = [];
  /** How many operations each `wait` named. */
  readonly waitSizes: number[] = [];
  #now = 0;
  readonly #timeline: Timeline;
  readonly #open = new Map<number, { readonly at: number; readonly result: unknown }>();
  readonly #mailbox: MailboxEntry[];

  constructor(timeline: Timeline = {}) {
    this.#timeline = timeline;
    this.#mailbox = (timeline.messages ?? []).map(({ update = false, ...message }, index) => ({
      ...message,
      update,
      number: index + 1,
    }));
  }

  /** For `runModule`. */
  get host(): TestHost {
    return {
      answer: (call) => this.#answer(call),
      extensions: (name, body) => this.#extend(name, body),
    };
  }

  #note(what: string): void {
    this.noted.push({ at: this.#now, what });
  }

  #extend(name: string, body: never): ExtensionAnswer {
    switch (name) {
      case "begin": {
        const operation = body as AskedOperation;
        const { after, result } = this.#end(operation);
        this.#open.set(operation.operation ?? 0, { at: this.#now + after, result });
        this.#note(`begin ${labelOf(operation)}`);
        return { value: {} };
      }
      case "run": {
        const operation = body as AskedOperation;
        const { after, result } = this.#end(operation);
        this.#note(`run ${labelOf(operation)}`);
        this.#now += after;
        return { value: result };
      }
      case "abort": {
        const { operation } = body as { readonly operation: number };
        this.#open.delete(operation);
        this.#note(`abort ${operation}`);
        return { value: {} };
      }
      case "wait":
        return this.#wait(body as WaitBody);
      default:
        return this.#timeline.other?.(name, body) ?? missing;
    }
  }

  #end(operation: AskedOperation): { readonly after: number; readonly result: unknown } {
    const end = this.#timeline.ends?.(operation);
    if (end === undefined) throw new Error(`no end is known of ${JSON.stringify(operation)}`);
    return end;
  }

  #wait({ operations = [], types = [], timeoutMs }: WaitBody): ExtensionAnswer {
    this.waitSizes.push(operations.length);
    const ends = operations.map((number) => {
      const open = this.#open.get(number);
      if (open === undefined) throw new Error(`operation ${number} is not open`);
      return { number, ...open };
    });
    const [first] = ends.toSorted((one, other) => one.at - other.at);
    const limit = timeoutMs === undefined ? Infinity : this.#now + timeoutMs;
    const message = this.#take(types, Math.min(first?.at ?? Infinity, limit));
    if (message !== undefined) {
      const { type, data, update, number } = message;
      return { value: { message: { type, data, update, number } } };
    }
    if (first !== undefined && first.at <= limit) {
      this.#now = Math.max(this.#now, first.at);
      this.#open.delete(first.number);
      return { value: { operation: first.number, result: first.result } };
    }
    if (limit === Infinity) throw new Error("the guest waits forever");
    this.#now = limit;
    return { value: { timeout: true } };
  }

  #take(types: readonly string[], before: number): MailboxEntry | undefined {
    const index = this.#mailbox.findIndex(({ at, type }) => at <= before && types.includes(type));
    const [message] = index < 0 ? [] : this.#mailbox.splice(index, 1);
    if (message !== undefined) this.#now = Math.max(this.#now, message.at);
    return message;
  }

  #answer(call: unknown): unknown {
    if (call === "TimeNow") {
      const milliseconds = startTimeMs + this.#now;
      const secs = Math.floor(milliseconds / 1000);
      return {
        Time: { secs_since_epoch: secs, nanos_since_epoch: (milliseconds - secs * 1000) * 1e6 },
      };
    }
    const [[kind, value] = ["", undefined]] = Object.entries(call as object);
    if (kind === "Sleep") {
      this.#now += millisecondsOf(value as DurationJson);
      return "Unit";
    }
    if (kind === "RecvMessage") {
      const [wait, types] = value as [DurationJson | null, readonly string[]];
      const limit = wait === null ? Infinity : this.#now + millisecondsOf(wait);
      const message = this.#take(types, limit);
      if (message !== undefined) return { Message: [message.type, JSON.stringify(message.data)] };
      if (limit === Infinity) throw new Error("the guest waits forever");
      this.#now = limit;
      return "Timeout";
    }
    if (kind === "HTTPRequest") {
      const request = value as { readonly url: string };
      const operation = { kind: "http", request };
      const { after, result } = this.#end(operation);
      this.#note(`plain ${labelOf(operation)}`);
      this.#now += after;
      return { HTTPResponse: result };
    }
    return undefined;
  }
}

/** A response with status 200, in the ABI's form. */
export function okResponse(body: string): unknown {
  const bytes = Buffer.from(body).toString("base64");
  return { Ok: { status_code: 200, url: "https://a.example/", headers: [], body: bytes } };
}

interface DurationJson {
  readonly secs: number;
  readonly nanos: number;
}

function millisecondsOf({ secs, nanos }: DurationJson): number {
  return secs * 1000 + nanos / 1e6;
}

function labelOf({ kind, name, id, request }: AskedOperation): string {
  const url = (request as { readonly url: string } | undefined)?.url;
  return String(name ?? id ?? (url === undefined ? kind : new URL(url).pathname.slice(1)));
}
