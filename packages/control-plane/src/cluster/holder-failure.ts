import { ControlPlaneError } from "../errors.ts";

/** Codes of failures before a request was sent: of Node's net, dns and tls modules, and of undici. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

/** Harmless to send again, whatever became of them. */
const harmless: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The error for a request that could not be passed on to the node that holds the queue. */
export function holderFailure(
  method: string,
  holderUrl: string,
  cause: unknown,
): ControlPlaneError {
  const leaves = leavesOf(cause);
  const reason = leaves.map(({ message }) => message).join("; ");
  const place = `the node that holds the queue, ${holderUrl}`;
  if (leaves.every(({ code, syscall }) => beforeSending.test(code) || syscall === "connect")) {
    return new ControlPlaneError(
      "HOLDER_UNREACHABLE",
      `The request was not carried out: ${place}, can't be reached (${reason}). Send it again in a moment.`,
      { cause },
    );
  }
  return harmless.has(method)
    ? new ControlPlaneError(
        "HOLDER_UNREACHABLE",
        `No answer came from ${place} (${reason}). Send the request again in a moment.`,
        { cause },
      )
    : new ControlPlaneError(
        "HOLDER_LOST",
        `The connection to ${place}, broke before it answered (${reason}). It may have carried the request out: look before you send it again.`,
        { cause },
      );
}

/** Why a request for the holder failed, in words. */
export function holderReason(error: unknown): string {
  return leavesOf(error)
    .map(({ message }) => message)
    .join("; ");
}

interface Leaf {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
}

/** Libraries wrap what the network said, and a host with several addresses fails with one error for each. */
function leavesOf(error: unknown): readonly Leaf[] {
  if (error instanceof AggregateError) {
    return error.errors.flatMap(leavesOf);
  }
  if (error instanceof Error && error.cause instanceof Error) {
    return leavesOf(error.cause);
  }
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: textOf(error, "code"), syscall: textOf(error, "syscall"), message }];
}

function textOf(error: unknown, name: "code" | "syscall"): string {
  const value =
    typeof error === "object" && error !== null && name in error
      ? (error as Readonly<Record<typeof name, unknown>>)[name]
      : undefined;
  return typeof value === "string" ? value : "";
}
