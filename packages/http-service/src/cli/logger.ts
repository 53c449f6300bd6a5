import { isatty } from "node:tty";
import { destination, type Logger, pino, type DestinationStream } from "pino";
import { printable } from "./table.ts";

/** The format of log lines. */
export type LogFormat = "text" | "json";

/** @see LogFormat */
export const logFormats: readonly LogFormat[] = ["text", "json"];

const stderr = 2;

/** A logger to stderr. It writes synchronously, so that nothing is lost when the process ends. */
export function createLogger(level: string, format?: LogFormat): Logger {
  const sink = destination({ fd: stderr, sync: true });
  const isText = (format ?? (isatty(stderr) ? "text" : "json")) === "text";
  return pino({ level, base: null }, isText ? textLines(sink) : sink);
}

const levelNames: Readonly<Record<number, string>> = {
  10: "TRACE",
  20: "DEBUG",
  30: "INFO",
  40: "WARN",
  50: "ERROR",
};

/** Turns pino's JSON lines into readable text before they reach `sink`. */
export function textLines(sink: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const clock = new Date(Number(time)).toISOString().slice(11, 23);
      const details = Object.entries(fields).map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      const head = [
        clock,
        (levelNames[Number(level)] ?? "").padEnd(5),
        String(msg ?? ""),
        ...details,
      ].join(" ");
      const stack =
        typeof err === "object" && err !== null && "stack" in err ? `\n${String(err.stack)}` : "";
      sink.write(`${printable(head)}${stack}\n`);
    },
  };
}
