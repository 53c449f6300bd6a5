import { setTimeout as sleep } from "node:timers/promises";
import { sessionLabel } from "./session.ts";

const pauseMs = 1_000;
/** A request in flight may still create something: check again until nothing is found this often in a row. */
const quietLooks = 2;
const maxLooks = 60;

/**
 * Runs in its own process, `node reaper-main SESSION`: waits until the other end of its standard input is closed,
 * however that process ended, then removes what the session has left.
 */
async function main(session: string): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => undefined);
  }
  await endOfInput();
  // Imported only now: until then, this process should cost as little as possible.
  const [{ findEngine }, { removeLabelled }] = await Promise.all([
    import("../docker/engine.ts"),
    import("./removal.ts"),
  ]);
  let quiet = 0;
  for (let look = 0; look < maxLooks && quiet < quietLooks; look += 1) {
    try {
      const { docker } = await findEngine();
      const removed = await removeLabelled(docker, `${sessionLabel}=${session}`);
      const found = removed.containers + removed.networks + removed.volumes;
      quiet = found === 0 ? quiet + 1 : 0;
    } catch {
      quiet = 0;
    }
    if (quiet < quietLooks) {
      await sleep(pauseMs);
    }
  }
}

function endOfInput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin
      .once("end", resolve)
      .once("close", resolve)
      .once("error", () => resolve());
    process.stdin.resume();
  });
}

const session = process.argv[2];
if (session !== undefined && session !== "") {
  await main(session);
}
