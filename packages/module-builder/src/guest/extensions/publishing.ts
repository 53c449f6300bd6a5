import type { RunningWorkflow } from "../running-workflow.ts";
import { shared } from "../shared.ts";
import { ask, askFor, withJson } from "./ask.ts";

/** An update as workflows get it. */
export interface GuestUpdate {
  readonly type: string;
  readonly data: unknown;
  reply(value?: unknown): void;
  reject(error: unknown): void;
}

/** Publishes the workflow's state. */
export function setState(running: RunningWorkflow, value: unknown): void {
  const json = shared.toJson(value, "The state");
  shared.part("checks").checkAtOnce(running, running.contract.state, json, "state");
  askFor("state", withJson({}, "value", json), "publishing a workflow's state");
}

/** Changes the workflow's labels. @returns all labels after the change */
export function labels(
  changes: Readonly<Record<string, string | null>> = {},
): Readonly<Record<string, string>> {
  const given = Object.entries(changes);
  const set = Object.fromEntries(given.filter(([, value]) => value !== null));
  const remove = given.flatMap(([key, value]) => (value === null ? [key] : []));
  const feature = "labels of workflows (context.labels())";
  const answer = askFor("labels", shared.toJson({ set, remove }, "The labels"), feature);
  return (answer as { readonly labels: Readonly<Record<string, string>> }).labels;
}

/** Ends this run, and begins the next. */
export function continueAsNew(input: unknown): never {
  const json = shared.toJson(input, "The input of the next run");
  askFor("continue", withJson({}, "input", json), "continueAsNew()");
  throw new Error("The host went on after continueAsNew().");
}

/** Tells the host why the workflow failed. Hosts without extensions have only the log. */
export function fail(error: unknown): void {
  try {
    ask("fail", JSON.stringify({ error: shared.part("web").thrownJson(error) }));
  } catch {
    // It is logged, and the workflow traps.
  }
}

/**
 * An update with its data, checked; undefined if the data violates its schema, in which case the sender was told.
 *
 * @param number by which it is answered; undefined if it was sent as a message.
 */
export async function receivedUpdate(
  running: RunningWorkflow,
  type: string,
  data: unknown,
  number: number | undefined,
): Promise<GuestUpdate | undefined> {
  const { input, output } = running.contract.updates?.[type] ?? {};
  const reply = (body: string): void => {
    if (number !== undefined) askFor("reply", body, "updates");
  };
  const reject = (error: unknown): void => {
    const { name, message } = shared.part("web").thrownJson(error);
    reply(JSON.stringify({ message: number, error: { name, message } }));
  };
  try {
    return {
      type,
      data: await shared.checked(running, input, data, "update", type),
      reply: (value) => {
        const json = shared.toJson(value, `The reply to the update "${type}"`);
        shared.part("checks").checkAtOnce(running, output, json, "reply", type);
        reply(withJson({ message: number }, "value", json));
      },
      reject,
    };
  } catch (error) {
    // If it was sent as a message, nobody would learn of it.
    if (number === undefined) throw error;
    reject(error);
    return undefined;
  }
}
