import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";

/**
 * Asks a server for what not every server has.
 *
 * @param feature for the error, where the server does not have it: "schedules".
 */
export type Ask = <T>(
  feature: string,
  request: HttpRequest,
  scope: CallScope,
  read: (answer: HttpAnswer) => T,
) => Promise<T>;
