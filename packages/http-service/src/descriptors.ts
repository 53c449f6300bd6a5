import { readFileSync } from "node:fs";
import type { Logger } from "pino";

/**
 * For what takes descriptors beside connections: files, listening, threads with their event loops (up to eight each),
 * names that are looked up, backups, and what is read again.
 */
const reserved = 192;

/**
 * How many files and connections this process may have open at once (`RLIMIT_NOFILE`). Node raises the soft limit to the
 * hard one when it starts, so that the latter is what counts.
 *
 * @returns Infinity where there is no limit, or none is known: Linux tells it in `/proc`
 */
export function descriptorLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** How many connections a process wants to have open at most. */
export interface ConnectionLimits {
  /** Those that clients make. */
  readonly incoming: number;
  /** Those that the process makes itself. */
  readonly outgoing: number;
}

/**
 * Lowers limits so far that the process never runs out of descriptors: then it could neither accept a connection nor open
 * a file. Outgoing connections get up to a half of what is left for both.
 *
 * @param limit how many descriptors there are. Default: as many as this process may have
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
 * The limit `maxConnections` as it fits the descriptors of this process, beside those of connections that it makes itself. A
 * limit that is no number is left as it is, for whoever checks it.
 *
 * @param logger is warned of what is lowered
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
