import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Clock ticks per second in /proc. Source: proc_pid_stat(5) and sysconf(3), `_SC_CLK_TCK`; 100 on every Linux. */
const ticksPerSecond = 100;

/**
 * Watches the load on the machine from outside of the benchmark.
 *
 * @param servers the processes of the servers, whose children belong to them
 * @returns a function that returns how many cores others have used since, on average; undefined if there is no /proc
 */
export function watchOtherLoad(servers: readonly number[]): () => number | undefined {
  const startedAt = performance.now();
  const busyBefore = busyMilliseconds();
  const ownBefore = process.cpuUsage();
  const serversBefore = sumOf(servers);
  return () => {
    const serversNow = sumOf(servers);
    if (serversBefore === undefined || serversNow === undefined) {
      return undefined;
    }
    const own = process.cpuUsage(ownBefore);
    const mine = serversNow - serversBefore + (own.user + own.system) / 1000;
    const others = busyMilliseconds() - busyBefore - mine;
    return Math.max(0, others / (performance.now() - startedAt));
  };
}

function sumOf(servers: readonly number[]): number | undefined {
  try {
    return servers.reduce((sum, pid) => sum + cpuMilliseconds(pid), 0);
  } catch {
    return undefined;
  }
}

/** Fields 14 to 17: of the process itself, and of its ended children. Running children are added. */
function cpuMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? [];
  return children.reduce(
    (sum, child) => {
      try {
        return sum + cpuMilliseconds(Number(child));
      } catch {
        // It has ended in the meantime.
        return sum;
      }
    },
    (ticks * 1000) / ticksPerSecond,
  );
}

function busyMilliseconds(): number {
  return cpus().reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
}
