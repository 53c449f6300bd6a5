import { mkdtempSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { askUntilWell } from "./ask.ts";
import { planRoles } from "./roles.ts";
import { supervise } from "./supervise.ts";

const timeoutMs = 60_000;

/**
 * Runs all roles once while the image is built, so that the image contains what V8 compiled for them
 * (NODE_COMPILE_CACHE) and containers start faster. This also shows that the image has everything they need.
 */
export async function warm(): Promise<number> {
  const directory = mkdtempSync("/tmp/warm-");
  Object.assign(process.env, {
    FLAWLESS_WORKING_DIR: `${directory}/flawless`,
    CONTROL_PLANE_DATA_DIR: `${directory}/control-plane`,
    WORKER_ID: "warm",
  });
  const roles = planRoles(["flawless", "control-plane", "worker"], process.env, "warm");
  const over = new AbortController();
  const end = supervise(roles);
  const problems = await Promise.race([
    Promise.all(roles.map(({ question }) => askUntilWell(question, timeoutMs, over.signal))),
    end.then((code) => [`the roles ended with code ${code}`]),
  ]);
  over.abort();
  const found = problems.filter((problem) => problem !== null);
  found.forEach((problem) => console.error(problem));
  process.kill(process.pid, "SIGTERM");
  const code = await Promise.race([end, sleep(timeoutMs, 1, { ref: false })]);
  return found.length === 0 ? code : 1;
}
