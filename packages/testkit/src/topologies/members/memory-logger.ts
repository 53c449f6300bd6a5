import type { ServerOptions } from "@flawless-ts/server";
import type { BoundedLog } from "./bounded-log.ts";

/** A logger as the servers of this project take it. */
export type ServerLogger = NonNullable<ServerOptions["logger"]>;

/** Keeps what is logged, as text: for the logs of members that run in this process. */
export class MemoryLogger {
  readonly level = "info";
  readonly #log: BoundedLog;
  readonly #role: string;

  constructor(log: BoundedLog, role: string) {
    this.#log = log;
    this.#role = role;
  }

  /** The servers take a pino logger, and use no more of it than is here. */
  get forServer(): ServerLogger {
    return this as unknown as ServerLogger;
  }

  fatal(...entry: readonly unknown[]): void {
    this.#write("fatal", entry);
  }

  error(...entry: readonly unknown[]): void {
    this.#write("error", entry);
  }

  warn(...entry: readonly unknown[]): void {
    this.#write("warn", entry);
  }

  info(...entry: readonly unknown[]): void {
    this.#write("info", entry);
  }

  debug(): void {
    // Too much to keep.
  }

  trace(): void {
    // Too much to keep.
  }

  silent(): void {
    // Nothing, as it says.
  }

  /** What requests are logged by: they add their ids, which only lines of level debug need. */
  child(): this {
    return this;
  }

  #write(level: string, [fields, message]: readonly unknown[]): void {
    const text = typeof fields === "string" ? fields : String(message ?? "");
    const error =
      typeof fields === "object" && fields !== null && "err" in fields ? fields.err : undefined;
    const reason = error instanceof Error ? ` (${error.message})` : "";
    this.#log.add(`${this.#role} ${level}: ${text}${reason}\n`);
  }
}
