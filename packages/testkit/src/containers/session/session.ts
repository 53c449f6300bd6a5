import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { identityText, thisProcess } from "./process-identity.ts";

/** On every container, network and volume: the session that created it. */
export const sessionLabel = "flawless-ts.session";
/** On the same objects: the session's process, as text of a {@link ProcessIdentity}. */
export const processLabel = "flawless-ts.process";
/** On each container: a unique text, to find it even if its start failed halfway. */
export const startLabel = "flawless-ts.start";
/** On images: the hash of the content. */
export const imageLabel = "flawless-ts.image";

const fromSource = import.meta.url.endsWith(".ts");
const script = fileURLToPath(
  new URL(fromSource ? "./reaper-main.ts" : "./reaper-main.js", import.meta.url),
);

/**
 * Starts a process that outlives this one, and then removes what the session has left in Docker. It doesn't keep this
 * process alive.
 */
export async function startReaper(session: string): Promise<void> {
  const conditions = fromSource ? ["--conditions=@flawless-ts/source"] : [];
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  const child = spawn(process.execPath, [...conditions, script, session], {
    // In its own session, so that what ends this process's group, such as Ctrl-C, doesn't end it.
    detached: true,
    // Only this process has the other end of its input. However this process ends, that end is closed.
    stdio: ["pipe", "ignore", "ignore"],
    cwd: tmpdir(),
    env,
  });
  await once(child, "spawn");
  child.unref();
  child.stdin.on("error", () => undefined);
  (child.stdin as unknown as { unref(): void }).unref();
}

/** Everything that this process creates in Docker belongs to one session, and is removed with the process. */
export interface Session {
  readonly id: string;
  /** The labels for every container, network and volume. */
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
