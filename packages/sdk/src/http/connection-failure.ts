import type { errors } from "undici";
import type { TicketService } from "./ticket-agent.ts";
import { FlawlessConnectionError } from "../errors/connection-errors.ts";
import { silenceCode } from "./fetch-sender.ts";

/** The kind of server that a client uses, for errors. */
export interface ServerKind {
  /** As in "No answer from the Flawless server". */
  readonly name: string;
  /** The command that starts it. */
  readonly startCommand: string;
  /** The service behind a ticket. */
  readonly service: TicketService;
}

/** The servers of `Flawless`. */
export const flawlessServer: ServerKind = {
  name: "Flawless server",
  startCommand: "flawless up",
  service: "flawless",
};

/** Why a request got no response. */
export interface ConnectionProblem {
  readonly cause: unknown;
  /** Whether the server may have got the request. */
  readonly maybeSent: boolean;
  /** Whether a retry may help; a wrong certificate, for example, stays wrong. */
  readonly passing: boolean;
  /** What to check. */
  readonly advice: string;
}

/** The meaning of an error due to which a request got no response. */
export interface FailureKind {
  readonly passing: boolean;
  /** What to check; `COMMAND` stands for the command that starts the server. */
  readonly advice: string;
  /** It occurs before the request is sent, whatever else the error says. */
  readonly neverSent?: boolean;
}

const broken: FailureKind = {
  passing: true,
  advice:
    "The connection broke before the answer was complete. Did the server stop? Its log tells why.",
};

/** All that is known of a failed `fetch`, on a platform that hides the reason from pages and workers. */
const unknownFailure: FailureKind = {
  passing: true,
  advice:
    "Is the URL right, and is the server running? It has to allow the origin of a page that asks it (`COMMAND --allow-origin`).",
};

/** Explains an error of undici or `fetch`. */
export async function connectionProblem(
  cause: unknown,
  server: ServerKind = flawlessServer,
): Promise<ConnectionProblem> {
  const leaves = leafErrors(cause);
  const kind = (await kindOf(leaves)) ?? (cause instanceof TypeError ? unknownFailure : undefined);
  const neverSent = leaves.length > 0 && leaves.every((leaf) => leaf.neverSent);
  return {
    cause,
    maybeSent: kind?.neverSent !== true && !neverSent,
    passing: kind?.passing ?? false,
    advice: (kind?.advice ?? "Is the URL right, and is the server running?").replace(
      "COMMAND",
      server.startCommand,
    ),
  };
}

async function kindOf(leaves: readonly Leaf[]): Promise<FailureKind | undefined> {
  if (leaves.some(({ code }) => code === silenceCode)) return broken;
  // The table doesn't cover browsers' errors, and a page without a network couldn't load it.
  if ("document" in globalThis || "WorkerNavigator" in globalThis) return undefined;
  const { findFailureKind } = await import("./failure-kinds.ts");
  return findFailureKind(leaves, broken);
}

/** Why a request got no response from one address. */
export interface AddressFailure {
  readonly method: string;
  /** With the request's path. */
  readonly url: string;
  readonly problem: ConnectionProblem;
}

/** The error to throw once no attempt is left. */
export function connectionError(
  request: { readonly method: string; readonly url: string },
  problem: ConnectionProblem,
  attempts: number,
  server: ServerKind = flawlessServer,
): FlawlessConnectionError {
  return connectionErrorOfAll([{ ...request, problem }], attempts, server);
}

/**
 * The error to throw once no address is left.
 *
 * @param failures the last one of each address, at least one. If one of them may have got the request, that one counts.
 */
export function connectionErrorOfAll(
  failures: readonly AddressFailure[],
  attempts: number,
  server: ServerKind,
): FlawlessConnectionError {
  const told = failures.find(({ problem }) => problem.maybeSent) ?? failures.at(-1);
  if (told === undefined) throw new TypeError("expected at least one failure");
  const { method, url, problem } = told;
  const tries = attempts === 1 ? "" : `, tried ${attempts} times`;
  const single = failures.length === 1;
  const urls = failures.map((failure) => failure.url);
  const reasons = failures.map((failure) => {
    const reason = leafErrors(failure.problem.cause)
      // Platforms end some with a line end, or with punctuation of their own.
      .map((leaf) => leaf.message.replace(/[\s.:?]+$/, ""))
      .join("; ");
    return single ? reason : `${originOf(failure.url)}: ${reason}`;
  });
  const message = `No answer from the ${server.name} (${method} ${urls.join(", ")}${tries}): ${reasons.join("; ")}. ${problem.advice}`;
  const failure = { url, urls, maybeSent: problem.maybeSent, attempts };
  return new FlawlessConnectionError(message, failure, { cause: problem.cause });
}

/** By the standard, tickets' URLs have no origin. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** One of the errors that make up a failure. */
export interface Leaf {
  readonly code: string;
  readonly message: string;
  /** Whether it occurred before anything of the request was written. */
  readonly neverSent: boolean;
}

/** A host with several addresses fails with one error for each. */
function leafErrors(error: unknown): readonly Leaf[] {
  if (error instanceof AggregateError) return error.errors.flatMap(leafErrors);
  // `fetch` throws a TypeError, whose cause, if any, says more.
  if (error instanceof TypeError && error.cause instanceof Error) return leafErrors(error.cause);
  const message = error instanceof Error ? error.message : String(error);
  return [
    { code: textMember(error, "code"), message, neverSent: cameBeforeWriting(error, message) },
  ];
}

function cameBeforeWriting(error: unknown, message: string): boolean {
  if (textMember(error, "syscall") === "connect") return true;
  // Node's text (lib/_tls_wrap.js) if a connection ends during the handshake; its code is ECONNRESET, as for others.
  if (/before secure TLS connection was established/.test(message)) return true;
  // undici's SocketError has the total number of bytes written to the connection.
  const { code, socket } = error as Partial<errors.SocketError>;
  return code === "UND_ERR_SOCKET" && socket?.bytesWritten === 0;
}

function textMember(error: unknown, name: "code" | "syscall"): string {
  if (typeof error !== "object" || error === null || !(name in error)) return "";
  const value = (error as Readonly<Record<typeof name, unknown>>)[name];
  return typeof value === "string" ? value : "";
}
