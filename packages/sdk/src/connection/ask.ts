import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";

/**
 * Requests a feature that not every server has.
 *
 * @param feature for the error if the server lacks it: "schedules".
 */
export type Ask = <T>(
  feature: string,
  request: HttpRequest,
  scope: CallScope,
  read: (answer: HttpAnswer) => T,
) => Promise<T>;
