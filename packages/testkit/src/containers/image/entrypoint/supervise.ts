import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { askUntilWell } from "./ask.ts";
import type { RoleCommand } from "./roles.ts";

interface Running {
  readonly command: RoleCommand;
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
}

/** How long one role may take to become healthy before the next is started, in milliseconds. */
const startupMs = 120_000;

/**
 * Runs the roles, each as a process, until one of them ends or this process is told to. SIGTERM and SIGINT end them
 * gracefully, the last started first; a second signal kills them.
 *
 * @returns the exit code: of the role that ended unexpectedly; 0 if all ended well
 */
export async function supervise(commands: readonly RoleCommand[]): Promise<number> {
  const running: Running[] = [];
  const stopped = Promise.withResolvers<"stopped">();
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) {
      running.forEach(({ child }) => child.kill("SIGKILL"));
    }
    stopping.abort();
    stopped.resolve("stopped");
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);

  const prefixed = commands.length > 1;
  for (const [index, command] of commands.entries()) {
    const started = start(command, prefixed);
    running.push(started);
    const anyEnd = Promise.race(running.map(({ ended }) => ended));
    const last = index === commands.length - 1;
    const next = last
      ? Promise.race([anyEnd, stopped.promise])
      : Promise.race([anyEnd, stopped.promise, wellOf(command, stopping.signal)]);
    const outcome = await next;
    if (outcome !== "well") {
      stopping.abort();
      const code = await endAll(running);
      return outcome === "stopped" ? code : outcome;
    }
  }
  return 0;
}

/** A role that isn't healthy in time counts as ended. */
async function wellOf(command: RoleCommand, signal: AbortSignal): Promise<"well" | number> {
  const problem = await askUntilWell(command.question, startupMs, signal);
  // Once it has ended, or the container is stopping, this no longer matters.
  if (problem === null || signal.aborted) {
    return "well";
  }
  console.error(`${command.role} was not ready after ${startupMs} ms: ${problem}`);
  return 1;
}

function start(command: RoleCommand, prefixed: boolean): Running {
  const { file, isProgram, args, environment, role } = command;
  const child = spawn(
    isProgram ? file : process.execPath,
    isProgram ? [...args] : [file, ...args],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", prefixed ? "pipe" : "inherit", prefixed ? "pipe" : "inherit"],
    },
  );
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    if (from !== null) {
      createInterface({ input: from }).on("line", (line) => to.write(`${role} | ${line}\n`));
    }
  }
  const ended = new Promise<number>((resolve) => {
    child.once("error", (error) => {
      console.error(`${role} could not be started: ${error.message}`);
      resolve(126);
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  return { command, child, ended };
}

/** One after the other, so that a worker can return its jobs while the control plane still runs. */
async function endAll(running: readonly Running[]): Promise<number> {
  let worst = 0;
  for (const { child, ended } of running.toReversed()) {
    child.kill("SIGTERM");
    worst ||= await ended;
  }
  return worst;
}
