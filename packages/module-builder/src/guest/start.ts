import type { Contract } from "@flawless-ts/wasm-module";
import {
  implementationKey,
  type WorkflowImplementation,
} from "@flawless-ts/wasm-module/internal/guest";
import { onCallbackFailure } from "./callback-failure.ts";
import { cancelling } from "./cancellation.ts";
import { createContext, responseOf, sendReturned } from "./context.ts";
import { type Description, engine } from "./engine.ts";
import { getInput } from "./host.ts";
import { fromJson } from "./json.ts";
import { sendUnbegun, waitForNext } from "./next.ts";
import { part } from "./part-loader.ts";
import { checked, type RunningWorkflow, type Workflows } from "./running-workflow.ts";
import { host } from "./remote.ts";

const goOn = 0;
const done = 1;
const failed = 2;

interface Half {
  state: "running" | "ended" | "failed";
  error: unknown;
}

/** Registers the module's workflows with the engine. Runs at the end of the bundled script. */
export function start(module: unknown): void {
  const implementations = implementationsOf(module);
  const workflows: Workflows = [...(implementations ?? [])];
  let running: RunningWorkflow | undefined;
  let input: unknown;
  /** The response's JSON, once the workflow's function has returned. */
  let returned: string | undefined;
  let half: Half = { state: "running", error: undefined };
  const current = (): RunningWorkflow => {
    if (running === undefined) throw new Error("a workflow's first half comes before its second");
    return running;
  };
  const context = createContext(current);
  /** Rejected promises that nobody handles. */
  const rejections = new Map<object, unknown>();

  const begin = (body: () => Promise<void>): void => {
    const begun: Half = { state: "running", error: undefined };
    half = begun;
    body().then(
      () => {
        begun.state = "ended";
      },
      (error: unknown) => {
        begun.state = "failed";
        begun.error = error;
      },
    );
  };
  const fail = (error: unknown): typeof failed => {
    // A workflow that was asked to cancel and ends because of it has not failed. Only hosts with extensions do that.
    if (error !== cancelling.asked) part("web").logFailure(running?.name ?? "", error);
    // Hosts with extensions get more than a line of text, and stop running the workflow here.
    part("extensions").fail(error);
    return failed;
  };
  onCallbackFailure((error) => {
    half.state = "failed";
    half.error = error;
  });

  engine.guest = {
    describe: () => JSON.stringify(describe(module, implementations)),

    init: (index) => {
      host.isThere = true;
      const [name, contract] = workflowAt(workflows, index);
      running = { module: titleOf(module), name, contract, workflows, responded: false };
      const started = running;
      begin(async () => {
        input = fromJson(getInput());
        if (contract.input !== undefined) {
          input = await checked(started, contract.input, input, "input");
        }
      });
    },

    run: (index) => {
      const [, { run }] = workflowAt(workflows, index);
      begin(async () => {
        const started = current();
        const json = responseOf(started, await run(input, context));
        const { response } = started.contract;
        if (json !== undefined && response !== undefined) {
          await checked(started, response, fromJson(json), "response");
        }
        returned = json;
      });
    },

    step: () => {
      // Everything that was requested is sent, even if nobody waits for it.
      if (half.state !== "running" && sendUnbegun()) return goOn;
      if (half.state === "failed") return fail(half.error);
      for (const reason of rejections.values()) return fail(reason);
      if (half.state === "ended") {
        // Not earlier: a caller must not get a response if the workflow fails.
        if (running !== undefined && returned !== undefined) sendReturned(running, returned);
        return done;
      }
      if (waitForNext()) return goOn;
      return fail(
        new Error(
          "the workflow waits for a promise that nothing settles any more: no sleep, timer or message",
        ),
      );
    },

    rejected: (promise, reason, handled) => {
      if (handled || reason === cancelling.asked) rejections.delete(promise);
      else rejections.set(promise, reason);
    },

    stuck: () => {
      part("web").logFailure(
        running?.name ?? "",
        new Error("it computes without end: no host call for a long time"),
      );
    },
  };
}

function workflowAt(workflows: Workflows, index: number): Workflows[number] {
  const found = workflows[index];
  if (found === undefined) throw new Error(`there is no workflow number ${index}`);
  return found;
}

function titleOf(module: unknown): string {
  const { name, version } = module as Contract;
  return `${name} ${version}`;
}

function implementationsOf(
  module: unknown,
): ReadonlyMap<string, WorkflowImplementation> | undefined {
  return typeof module === "object" && module !== null && implementationKey in module
    ? (module[implementationKey] as ReadonlyMap<string, WorkflowImplementation>)
    : undefined;
}

function describe(
  module: unknown,
  implementations: ReadonlyMap<string, WorkflowImplementation> | undefined,
): Description {
  if (implementations === undefined) {
    const found = module === null ? "null" : typeof module;
    throw new TypeError(
      `expected the file's default export to be what defineModule({ ... }) gives, but got ${found}`,
    );
  }
  const { name, version } = module as Contract;
  return {
    name,
    version,
    workflows: [...implementations.keys()],
    globals: [globalThis, Object.prototype].flatMap((object) => Object.getOwnPropertyNames(object)),
  };
}
