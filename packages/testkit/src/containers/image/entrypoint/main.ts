import { hostname } from "node:os";
import { ask, askUntilWell } from "./ask.ts";
import { runAlone } from "./alone.ts";
import { download } from "./download.ts";
import { wordsOfFirstProcess } from "./first-process.ts";
import { runHop } from "./hop.ts";
import { planRoles, type RoleCommand, UsageError } from "./roles.ts";
import { supervise } from "./supervise.ts";
import { warm } from "./warm.ts";

/** The timeout for asking a Flawless server by its ticket, in milliseconds. */
const askTimeoutMs = 10_000;

/**
 * The first process of our image: `main ROLE...` runs the roles, `main --health` checks their health once, and
 * `main --wait MILLISECONDS` until they are healthy. `main --hop PORT=ADDRESS:PORT...` forwards UDP, and
 * `main --ask TICKET` asks the Flawless server behind a ticket for its health. `main --warm` and
 * `main --download URL SHA256 FILE` are part of building an image.
 *
 * @returns the exit code; null if the role that runs in this process sets it
 */
async function main([first, ...rest]: readonly string[]): Promise<number | null> {
  switch (first) {
    case "--warm":
      return warm();
    case "--health": {
      const roles = await rolesOfContainer(0);
      process.exit(report(await Promise.all(roles.map(({ question }) => ask(question)))));
    }
    case "--ask": {
      const { flawlessByTicket } = await import("./ask-by-ticket.ts");
      console.log(JSON.stringify(await flawlessByTicket(rest[0] ?? "", askTimeoutMs)));
      return process.exit(0);
    }
    case "--hop": {
      return runHop(rest);
    }
    case "--wait": {
      const timeoutMs = Number(rest[0]);
      const roles = await rolesOfContainer(timeoutMs);
      const problems = roles.map(({ question }) => askUntilWell(question, timeoutMs));
      // Clients that use a ticket keep their endpoint open.
      process.exit(report(await Promise.all(problems)));
    }
    case "--download": {
      const [url = "", sha256 = "", target = ""] = rest;
      await download(url, sha256, target);
      return 0;
    }
    default:
      return run(planRoles(process.argv.slice(2), process.env, hostname()));
  }
}

async function run(roles: readonly RoleCommand[]): Promise<number | null> {
  const [first, second] = roles;
  if (first !== undefined && second === undefined && !first.isProgram) {
    await runAlone(first);
    return null;
  }
  return supervise(roles);
}

/** The roles that the first process runs. All processes of the container have the same environment. */
async function rolesOfContainer(timeoutMs: number): Promise<readonly RoleCommand[]> {
  const words = await wordsOfFirstProcess(timeoutMs);
  // A hop has no health check: only the targets know whether packets arrive.
  return words[0] === "--hop" ? [] : planRoles(words, process.env, hostname());
}

function report(problems: readonly (string | null)[]): number {
  const found = problems.filter((problem) => problem !== null);
  found.forEach((problem) => console.log(problem));
  return found.length === 0 ? 0 : 1;
}

try {
  const code = await main(process.argv.slice(2));
  if (code !== null) {
    process.exitCode = code;
  }
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
