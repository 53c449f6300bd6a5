import { type Logger, pino } from "pino";
import type { BoundedLog } from "./bounded-log.ts";

/** A logger that stores its lines in memory, as in a container's log, for members in this process. */
export function memoryLogger(log: BoundedLog, role: string): Logger {
  const lines = { write: (line: string): void => log.add(`${role} | ${line}`) };
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
}
