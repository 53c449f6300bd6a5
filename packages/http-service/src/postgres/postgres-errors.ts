/** What is known of a statement that failed. */
export type Failure =
  /** The database refused it: it had no effect. */
  | "refused"
  /** It had no effect, and will succeed when it is sent again at once. */
  | "repeatable"
  /** It had no effect; it may succeed later. */
  | "later"
  /** The connection was lost, or no answer came: it may have had its effect, or have it yet. */
  | "unknown";

/**
 * Which errors pass when the trouble is over, by their class (the first two signs of their code). Source:
 * postgresql.org/docs/18/errcodes-appendix.html
 */
const laterClasses: ReadonlySet<string> = new Set([
  "08", // connection
  "28", // authorization: passwords are changed
  "53", // resources: disk full, out of memory, too many connections
  "57", // operator: shutting down, starting up, cancelled
  "58", // system: I/O
]);
/** A standby, which may be promoted. */
const readOnly = "25006";
const laterCodes: ReadonlySet<string> = new Set([
  readOnly,
  "55P03", // a lock was not to be had in time
]);
const repeatableCodes: ReadonlySet<string> = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  // Behind a pooler another connection may have been given, with other prepared statements.
  "26000",
  "42P05",
]);

interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
}

/** Whether the database said it itself, rather than that it could not be asked. */
function isServerError(error: unknown): error is ServerError {
  const { code, severity } = (error ?? {}) as Partial<ServerError>;
  return typeof code === "string" && typeof severity === "string";
}

/** Errors that may end a connection, or the whole server. */
const endings = /^(?:08|28|3D|53|57P|58|XX|25P0[34])/;

/** Whether only the statement failed, and the connection goes on. */
function isOfStatement({ code, severity }: ServerError): boolean {
  if (severity === "FATAL" || severity === "PANIC") {
    return false;
  }
  // A database may speak another language (`lc_messages`): then only the code tells.
  return severity === "ERROR" || !endings.test(code);
}

/** The database's code for an error (SQLSTATE); undefined where the database did not answer. */
export function codeOf(error: unknown): string | undefined {
  return isServerError(error) ? error.code : undefined;
}

export function failureOf(error: unknown): Failure {
  // What ends a connection may come after a commit took effect.
  if (!isServerError(error) || !isOfStatement(error)) {
    return "unknown";
  }
  if (repeatableCodes.has(error.code)) {
    return "repeatable";
  }
  return laterCodes.has(error.code) || laterClasses.has(error.code.slice(0, 2))
    ? "later"
    : "refused";
}

/** Whether a connection is not to be used again after that error: it has ended, or leads to a standby. */
export function isLost(error: unknown): boolean {
  return failureOf(error) === "unknown" || codeOf(error) === readOnly;
}

/** Thrown where no connection could be had, so that nothing was sent. */
export class NotConnectedError extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = "NotConnectedError";
  }
}

/** What to tell of an error. One of several addresses that can't be reached has an empty message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map((each) => reasonOf(each)).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
