import { failureOf, NotConnectedError, reasonOf } from "@flawless-ts/http-service/postgres";
import { StoreWriteError } from "../workflow-store.ts";

/** @param where what could not be done, as the beginning of a sentence */
export function toWriteError(error: unknown, where: string): StoreWriteError {
  const retryable = error instanceof NotConnectedError || failureOf(error) !== "refused";
  return new StoreWriteError(`${where}: ${reasonOf(error)}`, { retryable, cause: error });
}
