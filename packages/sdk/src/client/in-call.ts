import type { WorkflowConnection } from "../connection/connection.ts";
import type { CallScope } from "../http/call-scope.ts";

/**
 * Runs an action as a call, which ends with the action. A `using` declaration would do the same, but if a compiler must
 * expand it, its helpers would be half of the bundled client.
 *
 * @param begin the arguments of `connection.begin`.
 */
export async function inCall<T>(
  connection: WorkflowConnection,
  begin: Parameters<WorkflowConnection["begin"]>,
  work: (scope: CallScope) => Promise<T>,
): Promise<T> {
  const scope = connection.begin(...begin);
  try {
    return await work(scope);
  } finally {
    scope[Symbol.dispose]();
  }
}
