import { FlawlessConnectionError } from "../errors/connection-errors.ts";
import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import { ServerUnavailableError } from "../errors/refusals.ts";
import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import type { CallScope } from "../http/call-scope.ts";
import type { Transport } from "../http/transport.ts";

/** Something with a health check. */
export interface Askable {
  readonly transport: Transport;
  /** `status` is `ok` if it is healthy. */
  health(scope: CallScope): Promise<{ readonly status: string; readonly reason: string | null }>;
}

const firstPauseMs = 20;
const maxPauseMs = 500;

/**
 * Polls the server's health until it is healthy. The original server, which has no health route, is ready once it
 * returns its version.
 *
 * @throws {FlawlessTimeoutError} with the last failure as its cause.
 * @throws {FlawlessError} if a retry can't help, such as for an unknown name.
 */
export async function waitUntilReady(api: Askable, scope: CallScope): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      const { status, reason } = await api.health(scope);
      if (status === "ok") return;
      scope.lastFailure = new Error(
        `The server says that it is "${status}": ${reason ?? "no reason given"}.`,
      );
    } catch (error) {
      if (error instanceof NotSupportedByServerError) return;
      if (!mayPass(error)) throw error;
      scope.lastFailure = error;
    }
    await api.transport.pause(pauseMs, scope);
  }
}

/** While a server starts, nothing listens yet, or a proxy in front of it responds instead. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof FlawlessConnectionError ||
    error instanceof ServerUnavailableError ||
    (error instanceof UnexpectedAnswerError && error.status >= 500)
  );
}
