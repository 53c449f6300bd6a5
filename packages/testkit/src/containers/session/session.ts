import { randomBytes } from "node:crypto";
import { processLabel, sessionLabel } from "./labels.ts";
import { identityText, thisProcess } from "./process-identity.ts";
import { startReaper } from "./reaper.ts";

/** All that this process makes in Docker belongs to one session, and goes with the process. */
export interface Session {
  readonly id: string;
  /** For every container, network and volume. */
  readonly labels: Readonly<Record<string, string>>;
}

let current: Promise<Session> | undefined;

/** This process's session. The first call starts the process that cleans up after this one. */
export function currentSession(): Promise<Session> {
  current ??= begin();
  return current;
}

async function begin(): Promise<Session> {
  const id = randomBytes(8).toString("hex");
  await startReaper(id);
  return { id, labels: { [sessionLabel]: id, [processLabel]: identityText(thisProcess()) } };
}
