import type { FlawlessConnection } from "../connection/connection.ts";
import type { CallScope } from "../http/call-scope.ts";

/**
 * Makes a call, which ends with what it does. A `using` declaration would say the same, but its helpers would be half of the bundled
 * client where a compiler has to spell it out.
 *
 * @param begin what `connection.begin` takes.
 */
export async function inCall<T>(
  connection: FlawlessConnection,
  begin: Parameters<FlawlessConnection["begin"]>,
  work: (scope: CallScope) => Promise<T>,
): Promise<T> {
  const scope = connection.begin(...begin);
  try {
    return await work(scope);
  } finally {
    scope[Symbol.dispose]();
  }
}
