import { engine } from "./engine.ts";
import type { Operation } from "./operation.ts";
import type { Remote } from "./remote.ts";
import { shared } from "./shared.ts";

// For the parts that make requests to the host; the state itself is in `remote.ts`.

/** The operation for such a request: it begins when the workflow waits. */
export function remoteOperation(asked: Omit<Remote, "number" | "isAwaited">): Operation {
  const { host, unbegun } = shared;
  // Makes the engine report that there is no host yet.
  if (!host.isThere) engine.submit("");
  const remote: Remote = { ...asked, number: 0, isAwaited: true };
  unbegun.add(remote);
  return {
    // It continues anyway.
    pause: () => setAwaited(remote, false),
    resume: () => setAwaited(remote, true),
    waitAnew: () => undefined,
    abort: () => {
      unbegun.delete(remote);
      if (remote.number === 0) return;
      shared.part("extensions").takeBegun(remote.number);
      host.abort?.(remote.number);
    },
    needsTime: remote.plain === undefined,
  };
}

function setAwaited(remote: Remote, isAwaited: boolean): void {
  remote.isAwaited = isAwaited;
  if (remote.number > 0) shared.part("extensions").markBegun(remote);
}
