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
  ten_activities: "script",
  ten_requests: "http_sequence",
};

const worker = fileURLToPath(new URL("../services/flawless-worker.ts", import.meta.url));

/** This project's engine, run by `flawless up`, with workflows of the Rust module `conformance`. */
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
        "A request is sent only once everything before it is durable, including the previous request's result. The same " +
        "is true of an activity, a function that a worker runs in a separate process.",
      callers: "HTTP, `POST /api/workflow/start`",
      ready: "`GET /health` is answered",
      processes: "the server, which also runs the workflows, and a Node.js process with the worker",
      start: (options) =>
        startFlawless(options, ["--working-dir", options.directory], () =>
          bytesIn(options.directory),
        ),
    },
  };
}

/**
 * @param parameters of `flawless up`: where it stores its workflows
 * @param bytesOnDisk returns the disk space they take there
 */
export async function startFlawless(
  options: StartOptions,
  parameters: readonly string[],
  bytesOnDisk: () => number,
): Promise<RunningEngine> {
  const { directory, connections, siteUrl } = options;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [script, "up", ...parameters, "--bind", `127.0.0.1:${port}`],
      directory,
      logFile: join(directory, "server.log"),
    }),
  );
  await server.untilHealthy([{ origin: url, path: "/health" }]);
  const readyMs = performance.now() - server.startedAt;
  const activities = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [worker, url],
      directory,
      logFile: join(directory, "worker.log"),
    }),
  );
  const [conformance, extensions] = await Promise.all([
    deployModule(url, "conformance"),
    deployModule(url, "extensions"),
    activities.firstMessage(),
  ]);
  const caller = cleanUp.use(new HttpCaller(url, connections));
  const inputs: Readonly<Record<WorkflowName, string>> = {
    noop: "null",
    ten_steps: "null",
    ten_activities: JSON.stringify(tenActivities),
    // At least once, like the peers' steps: a request is sent again after a crash.
    ten_requests: JSON.stringify({
      urls: Array<string>(stepCount).fill(siteUrl),
      idempotent: true,
    }),
  };
  const bodies = new Map(
    Object.entries(moduleWorkflows).map(([workflow, inModule]) => [
      workflow,
      JSON.stringify({
        module: (workflow === "ten_activities" ? extensions : conformance).name,
        version: (workflow === "ten_activities" ? extensions : conformance).version,
        workflow: inModule,
        input: inputs[workflow as WorkflowName],
      }),
    ]),
  );
  const owned = cleanUp.move();
  return {
    startedAt: server.startedAt,
    readyMs,
    processes: [server.pid, activities.pid],
    async call(workflow: Workflow) {
      const body = bodies.get(workflow.name) ?? "";
      const answer = (await caller.post("/api/workflow/start", body)) as Answer;
      const response: unknown = JSON.parse(answer.ok.response);
      switch (workflow.name) {
        case "ten_requests":
          return statusesOf(response);
        case "ten_activities":
          return valuesOf(response);
        default:
          return response;
      }
    },
    async stop() {
      await assertNoneFailed(url);
      await activities.stop();
      await server.stop();
    },
    bytesOnDisk,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The input of the fixture's `script`: the same steps as those of the peers, as activities of a worker. */
const tenActivities = Array.from({ length: stepCount }, (_, step) => ({
  ask: ["run", { kind: "activity", queue: "bench", name: nameOfActivity(step), input: null }],
}));

function nameOfActivity(step: number): string {
  return step === stepCount - 1 ? "note" : step % 2 === 0 ? "random" : "time";
}

/** The activities' results, in the form of the peers' responses. */
function valuesOf(answers: unknown): unknown {
  if (!Array.isArray(answers)) {
    return answers;
  }
  const values = (answers as readonly { readonly body?: { readonly value?: unknown } }[]).map(
    ({ body }, step) => ({ name: nameOfActivity(step), value: body?.value }),
  );
  const of = (name: string): readonly unknown[] =>
    values.flatMap((each) => (each.name === name ? [each.value] : []));
  return { randoms: of("random"), times: of("time") };
}

interface Answer {
  /** The response's JSON text. */
  readonly ok: { readonly response: string };
}

/** The status of each outcome of the module's `http_sequence`. */
function statusesOf(outcomes: unknown): unknown {
  return Array.isArray(outcomes)
    ? (outcomes as readonly { readonly ok?: { readonly status: number } }[]).map(
        ({ ok }) => ok?.status,
      )
    : outcomes;
}
