import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployModule, assertNoneFailed } from "../../measure/deploy.ts";
import { findFreePort } from "../../server/free-port.ts";
import { bytesIn } from "../../server/fresh-directory.ts";
import { EngineProcess } from "../child-process.ts";
import type { FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { HttpCaller } from "../http-caller.ts";
import { type Workflow, type WorkflowName, stepCount } from "../workflows.ts";

const script = fileURLToPath(new URL("../../../packages/server/bin/flawless.js", import.meta.url));
const serverPackage = new URL("../../../packages/server/package.json", import.meta.url);

/** The names of the module's workflows. */
const moduleWorkflows: Readonly<Record<WorkflowName, string>> = {
  noop: "noop",
  ten_steps: "ten_steps",
  ten_requests: "http_sequence",
};

/** This project's engine, as `flawless up` runs it, with workflows of the Rust module `conformance`. */
export function findFlawless(): FoundEngine {
  const { version } = JSON.parse(readFileSync(serverPackage, "utf8")) as { version: string };
  return {
    engine: {
      id: "flawless",
      name: "Flawless for TypeScript",
      versions: `flawless up ${version}, Node.js ${process.versions.node}, SQLite ${process.versions.sqlite}`,
      durability: "SQLite journal with fsync (default)",
      step:
        "A host call of the WebAssembly guest, journaled with its answer. Answers that nobody outside has " +
        "seen yet become durable together: those of `10 steps` with the response, in one commit. " +
        "A request is sent only once all that came before it is durable, the result of the request before it too.",
      callers: "HTTP, `POST /api/workflow/start`",
      ready: "`GET /health` is answered",
      processes: "the server, in which workflows run, too",
      start: startFlawless,
    },
  };
}

async function startFlawless(options: StartOptions): Promise<RunningEngine> {
  const { directory, connections, siteUrl } = options;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [script, "up", "--working-dir", directory, "--bind", `127.0.0.1:${port}`],
      directory,
      logFile: join(directory, "server.log"),
    }),
  );
  await server.untilHealthy([{ origin: url, path: "/health" }]);
  const readyMs = performance.now() - server.startedAt;
  const { name, version } = await deployModule(url);
  const caller = cleanUp.use(new HttpCaller(url, connections));
  const inputs: Readonly<Record<WorkflowName, string>> = {
    noop: "null",
    ten_steps: "null",
    // At least once, as with the peers' steps: sent again after a crash.
    ten_requests: JSON.stringify({
      urls: Array<string>(stepCount).fill(siteUrl),
      idempotent: true,
    }),
  };
  const bodies = new Map(
    Object.entries(moduleWorkflows).map(([workflow, inModule]) => [
      workflow,
      JSON.stringify({
        module: name,
        version,
        workflow: inModule,
        input: inputs[workflow as WorkflowName],
      }),
    ]),
  );
  const owned = cleanUp.move();
  return {
    startedAt: server.startedAt,
    readyMs,
    processes: [server.pid],
    async call(workflow: Workflow) {
      const body = bodies.get(workflow.name) ?? "";
      const answer = (await caller.post("/api/workflow/start", body)) as Answer;
      const response: unknown = JSON.parse(answer.ok.response);
      return workflow.name === "ten_requests" ? statusesOf(response) : response;
    },
    async stop() {
      await assertNoneFailed(url);
      await server.stop();
    },
    bytesOnDisk: () => bytesIn(directory),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Answer {
  /** The response's JSON text. */
  readonly ok: { readonly response: string };
}

/** Of each outcome of the module's `http_sequence`, the status. */
function statusesOf(outcomes: unknown): unknown {
  return Array.isArray(outcomes)
    ? (outcomes as readonly { readonly ok?: { readonly status: number } }[]).map(
        ({ ok }) => ok?.status,
      )
    : outcomes;
}
