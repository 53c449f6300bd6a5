/** Why the queue refuses something. */
export type RefusalCode =
  | "JOB_NOT_FOUND"
  | "JOB_CONFLICT"
  | "JOB_ENDED"
  | "JOB_TAKEN_BACK"
  | "LIMIT_REACHED";

/** The outcome of a ledger call. It crosses threads, which error classes don't survive. */
export type Outcome<T> =
  | { readonly ok: T }
  | { readonly refused: { readonly code: RefusalCode; readonly message: string } };

/** Builds a refusal. */
export function refuse(code: RefusalCode, message: string): Outcome<never> {
  return { refused: { code, message } };
}
