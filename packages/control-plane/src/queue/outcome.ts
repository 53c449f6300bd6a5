/** Why the queue refuses something. */
export type RefusalCode =
  | "JOB_NOT_FOUND"
  | "JOB_CONFLICT"
  | "JOB_ENDED"
  | "JOB_TAKEN_BACK"
  | "LIMIT_REACHED";

/** What came of a call of the ledger. It crosses threads, which error classes do not survive. */
export type Outcome<T> =
  | { readonly ok: T }
  | { readonly refused: { readonly code: RefusalCode; readonly message: string } };

/** A refusal out of its parts. */
export function refuse(code: RefusalCode, message: string): Outcome<never> {
  return { refused: { code, message } };
}
