import type { ReceiveOptions, StartOptions, WorkflowContext } from "@flawless-ts/wasm-module";
import { parseDuration } from "./duration.ts";
import { randomNumber, sendResponse } from "./host.ts";
import { toJson } from "./json.ts";
import { attempt } from "./operation.ts";
import { part } from "./part-loader.ts";
import { randomUuid } from "./random.ts";
import type { RunningWorkflow } from "./running-workflow.ts";
import type { Parts } from "./shared.ts";
import { sleepFor } from "./sleep-for.ts";

const responseSubject = "The response";

/**
 * The second parameter of a workflow's function. It is created when the module is built, as creating so many functions
 * takes as long as several host calls.
 *
 * @param running the workflow that runs
 */
export function createContext(running: () => RunningWorkflow): WorkflowContext {
  const extensions = (): Parts["extensions"] => part("extensions");
  return {
    get id() {
      return extensions().details().id;
    },
    get details() {
      return extensions().details();
    },
    get signal() {
      return part("standards").cancelSignal() as unknown as AbortSignal;
    },
    sleep: (duration, options) => attempt(() => sleepFor(parseDuration(duration), options?.signal)),
    fetch: (url, options) => part("web").fetch(url, options),
    receive: ((asked: string | readonly string[], options?: ReceiveOptions) =>
      attempt(() =>
        part("waiting").receive(running(), asked, options),
      )) as WorkflowContext["receive"],
    random: randomNumber,
    uuid: randomUuid,
    now: () => new Date(),
    secret: (name) => part("checks").secret(name),
    activities: (options) => extensions().activities(options),
    start: ((workflow: unknown, input?: unknown, options?: StartOptions) =>
      attempt(async () =>
        extensions().startChild(running(), workflow, input, options),
      )) as WorkflowContext["start"],
    workflow: (id) => extensions().workflowReference(id),
    respond: (value) => {
      const workflow = running();
      if (workflow.responded) throw new Error("the workflow has responded already");
      const json = toJson(value, responseSubject);
      const { response } = workflow.contract;
      if (response !== undefined) part("checks").checkAtOnce(workflow, response, json, "response");
      return send(workflow, json);
    },
    uncancellable: (run) => part("waiting").uncancellable(run),
    setState: (value) => extensions().setState(running(), value),
    labels: (changes) => extensions().labels(changes),
    continueAsNew: (input) => extensions().continueAsNew(input),
  };
}

/** The return value of the workflow's function as JSON; undefined if the workflow has responded already. */
export function responseOf(running: RunningWorkflow, value: unknown): string | undefined {
  return running.responded ? undefined : toJson(value, responseSubject);
}

/** Sends it, unless the workflow has responded meanwhile. */
export function sendReturned(running: RunningWorkflow, json: string): void {
  if (!running.responded) send(running, json);
}

function send(running: RunningWorkflow, json: string): boolean {
  running.responded = true;
  return sendResponse(json);
}
