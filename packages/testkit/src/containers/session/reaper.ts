import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const fromSource = import.meta.url.endsWith(".ts");
const script = fileURLToPath(
  new URL(fromSource ? "./reaper-main.ts" : "./reaper-main.js", import.meta.url),
);

/**
 * Starts a process that outlives this one, and then removes what the session has left in Docker. It does not keep this
 * process alive.
 */
export async function startReaper(session: string): Promise<void> {
  const conditions = fromSource ? ["--conditions=@flawless-ts/source"] : [];
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  const child = spawn(process.execPath, [...conditions, script, session], {
    // A session of its own: what ends this process's group, such as Ctrl-C, does not end it.
    detached: true,
    // Nobody but this process has the other end of its input. Whatever way this process ends, that end is closed.
    stdio: ["pipe", "ignore", "ignore"],
    cwd: tmpdir(),
    env,
  });
  await once(child, "spawn");
  child.unref();
  child.stdin.on("error", () => undefined);
  (child.stdin as unknown as { unref(): void }).unref();
}
