import { cpus } from "node:os";
import { cpuMilliseconds } from "../server/process-facts.ts";

/**
 * Watches the load on the machine from outside of the benchmark.
 *
 * @param serverPid the process of the measured server
 * @returns a function that returns how many cores others have used since, on average; undefined if there is no /proc
 */
export function watchOtherLoad(serverPid: number): () => number | undefined {
  const startedAt = performance.now();
  const busyBefore = busyMilliseconds();
  const serverBefore = cpuMilliseconds(serverPid);
  const ownBefore = process.cpuUsage();
  return () => {
    const server = cpuMilliseconds(serverPid);
    if (server === undefined || serverBefore === undefined) {
      return undefined;
    }
    const own = process.cpuUsage(ownBefore);
    const mine = server - serverBefore + (own.user + own.system) / 1000;
    const others = busyMilliseconds() - busyBefore - mine;
    return Math.max(0, others / (performance.now() - startedAt));
  };
}

function busyMilliseconds(): number {
  return cpus().reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
}
