import { type Logger, pino } from "pino";

const maxCharacters = 1024 * 1024;

/** The last part of a log, so that a member that logs for hours fills no memory. */
export class BoundedLog {
  #parts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > 2 * maxCharacters) {
      this.#parts = [this.text];
      this.#length = maxCharacters;
    }
  }

  get text(): string {
    return this.#parts.join("").slice(-maxCharacters);
  }
}

/** A logger that keeps its lines in memory, as a container's log has them: for members that run in this process. */
export function memoryLogger(log: BoundedLog, role: string): Logger {
  const lines = { write: (line: string): void => log.add(`${role} | ${line}`) };
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
}
