/** A request of a workflow, which may be sent only once. */
export interface SentStep {
  /** The workflow's public id. */
  readonly workflow: string;
  /** Identifies the step that sent it: see `WaitingCallContext.key`. */
  readonly key: string;
}

/**
 * How the outcome of a request reaches the next engine on the same journal, when the one that sent the request is closed
 * before the response has come.
 */
export interface Outcomes {
  /**
   * The outcome will be known in this process, and the next engine waits for it.
   * @param until when it stops waiting, in milliseconds since the Unix epoch
   * @param outcome JSON text of the guest ABI; undefined if there is none after all
   */
  follow(sent: SentStep, until: number, outcome: Promise<string | undefined>): void;
  /**
   * Waits for an outcome that follows from an earlier engine.
   * @param until until when, in milliseconds since the Unix epoch
   * @returns undefined if it has not come by then
   * @throws the signal's reason
   */
  find(sent: SentStep, until: number, signal: AbortSignal): Promise<string | undefined>;
  /** An outcome that was found is in the journal. */
  remove(sent: SentStep): void;
}

const kind = "outcome-follows";

/**
 * The note in the journal of a request that another engine sent, and whose outcome follows.
 * @param until in milliseconds since the Unix epoch
 */
export function outcomeFollows(until: number): string {
  return JSON.stringify({ kind, until });
}

/** @returns until when to wait for the outcome; undefined if the note doesn't say that one follows */
export function followsUntil(note: string | null): number | undefined {
  return note?.startsWith(`{"kind":"${kind}"`) === true
    ? (JSON.parse(note) as { readonly until: number }).until
    : undefined;
}
