import { readFileSync } from "node:fs";
import type { Logger } from "pino";

/**
 * Reserved for what needs descriptors besides connections: files, listening sockets, threads with their event loops (up to
 * eight each), name lookups, backups, and reloaded files.
 */
const reserved = 192;

/**
 * How many files and connections this process may have open at once (`RLIMIT_NOFILE`). Node raises the soft limit to the
 * hard limit when it starts, so that only the hard limit counts.
 *
 * @returns Infinity if there is no limit, or it is unknown: only Linux has it in `/proc`
 */
export function descriptorLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** The max number of connections that a process wants to have open. */
export interface ConnectionLimits {
  /** Connections from clients. */
  readonly incoming: number;
  /** Connections that the process opens itself. */
  readonly outgoing: number;
}

/**
 * Lowers limits until the process can't run out of descriptors, because then it could neither accept a connection nor open a
 * file. Outgoing connections get up to half of what is left for both.
 *
 * @param limit the number of descriptors. Default: the limit of this process
 */
export function fitToDescriptors(
  wanted: ConnectionLimits,
  limit: number = descriptorLimit(),
): ConnectionLimits {
  const room = Math.max(limit - reserved, 2);
  const outgoing = Math.min(
    wanted.outgoing,
    Math.max(room - wanted.incoming, Math.floor(room / 2)),
  );
  return { outgoing, incoming: Math.min(wanted.incoming, room - outgoing) };
}

/**
 * Lowers `maxConnections` to what the descriptors of this process allow, besides the connections that it opens itself. A
 * value that isn't a number is returned unchanged, for later validation.
 *
 * @param logger gets a warning if a limit is lowered
 */
export function fitConnections(wanted: ConnectionLimits, logger: Logger): ConnectionLimits {
  const limit = descriptorLimit();
  const fitting = fitToDescriptors(wanted, limit);
  if (!(fitting.incoming < wanted.incoming || fitting.outgoing < wanted.outgoing)) {
    return wanted;
  }
  logger.warn(
    { descriptors: limit, wanted, fitting },
    `this process may have ${limit} files and connections open (ulimit -n): it takes ${fitting.incoming} connections at most, not ${wanted.incoming}, and makes ${fitting.outgoing}, not ${wanted.outgoing}. Raise the hard limit, such as by LimitNOFILE= of systemd or --ulimit nofile= of Docker.`,
  );
  return fitting;
}
