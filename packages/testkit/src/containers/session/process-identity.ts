import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Identifies one process among all that share a Docker engine, and among later ones with the same number. */
export interface ProcessIdentity {
  readonly host: string;
  /** The process namespace: two containers may have the same host name. Empty if the system has none. */
  readonly namespace: string;
  readonly pid: number;
  /** Its start time, in the system's units. Empty if unknown. */
  readonly started: string;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    namespace: namespaceOf(process.pid),
    pid: process.pid,
    started: startOf(process.pid),
  };
}

/** As a label's text. */
export function identityText({ host, namespace, pid, started }: ProcessIdentity): string {
  return JSON.stringify([host, namespace, pid, started]);
}

/** The reverse of {@link identityText}; null for another text. */
export function parseIdentity(text: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) {
      const [host, namespace, pid, started] = value as unknown[];
      if (
        typeof host === "string" &&
        typeof namespace === "string" &&
        typeof pid === "number" &&
        typeof started === "string"
      ) {
        return { host, namespace, pid, started };
      }
    }
  } catch {
    // Not one of our labels.
  }
  return null;
}

/** Whether the process is known to have ended. False if that can't be determined from here. */
export function hasEnded(identity: ProcessIdentity): boolean {
  const here = thisProcess();
  if (identity.host !== here.host || identity.namespace !== here.namespace) {
    return false;
  }
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // Another user's process is alive, too.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  return identity.started !== "" && startOf(identity.pid) !== identity.started;
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** The 22nd field of `/proc/PID/stat`; the second, a name in parentheses, may contain spaces. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return (
      text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .at(19) ?? ""
    );
  } catch {
    return "";
  }
}
