import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Sendable } from "../json/json-checks.ts";
import type { DurationLike } from "../duration-like.ts";
import type { ActivitiesOptions, ActivityCalls } from "./activity-types.ts";
import type {
  ChildOf,
  ChildWorkflow,
  StartableWorkflow,
  StartArguments,
  StartOptions,
  WaitOptions,
  WorkflowReference,
} from "./child-workflow.ts";
import type { FetchOptions, FetchResponse } from "./fetch-types.ts";
import type { MessageSchemas, UpdateSchemas } from "./workflow-definition.ts";

/** An update: a message whose sender waits for a reply. */
export interface ReceivedUpdate<Type extends string, Data, Reply> {
  readonly type: Type;
  readonly data: Data;
  /**
   * Replies to the sender. Only the first reply counts. If it was sent as a message, nobody gets the reply.
   *
   * @param value a value that `writeJson` can write and that matches the output schema.
   * @throws {ContractError} when the value doesn't match that schema.
   * @throws {NotJsonError} when it can't be written as JSON.
   */
  reply(...value: null extends Reply ? [value?: Reply] : [value: Reply]): void;
  /** Rejects it: the sender's call throws an error with this name and message. */
  reject(error: unknown): void;
}

type UpdateData<Update> = Update extends { readonly input: infer Schema extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<Schema>
  : null;
type UpdateReply<Update> = Update extends { readonly output: infer Schema extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<Schema>
  : null;

/** A message or an update, if several types were requested. */
export type ReceivedMessage<
  Messages extends MessageSchemas,
  Type extends string,
  Updates extends UpdateSchemas = Record<never, never>,
> = {
  readonly [T in Type]: T extends keyof Updates
    ? ReceivedUpdate<T, UpdateData<Updates[T]>, UpdateReply<Updates[T]>>
    : T extends keyof Messages
      ? { readonly type: T; readonly data: StandardSchemaV1.InferOutput<Messages[T]> }
      : never;
}[Type];

/** The result of `receive` for one type: a message's data, or an update. */
export type Received<
  Messages extends MessageSchemas,
  Type extends string,
  Updates extends UpdateSchemas,
> = {
  readonly [T in Type]: T extends keyof Updates
    ? ReceivedUpdate<T, UpdateData<Updates[T]>, UpdateReply<Updates[T]>>
    : T extends keyof Messages
      ? StandardSchemaV1.InferOutput<Messages[T]>
      : never;
}[Type];

type ReceivableTypes<Messages, Updates> = (keyof Messages | keyof Updates) & string;

/** How to wait for a message. */
export interface ReceiveOptions extends WaitOptions {
  /** How long to wait. Default: forever. */
  readonly timeout?: DurationLike | undefined;
}

/** A workflow's identity, and where it runs. */
export interface WorkflowDetails {
  /** The id clients use for it. */
  readonly id: string;
  /** The id of the workflow that started it; `null` if a client did. */
  readonly parent: string | null;
  /** The id of its oldest ancestor, which a client started: its own id if it is that workflow. */
  readonly root: string;
  readonly module: string;
  readonly version: string;
  /** The workflow's name. */
  readonly workflow: string;
  /** 1, plus one for each `continueAsNew`. */
  readonly run: number;
  readonly server: { readonly name: string; readonly version: string };
}

/**
 * What a workflow can do to the outside world. All of it is recorded, so a workflow that is rerun after a crash
 * sees what it saw before.
 *
 * Operations that are started and awaited together run concurrently. On a server without host extensions (the original
 * one), requests are sent one after another, and what it lacks throws a {@link NotSupportedByServerError}.
 */
export interface WorkflowContext<
  Messages extends MessageSchemas = MessageSchemas,
  Response = unknown,
  Updates extends UpdateSchemas = Record<never, never>,
  State = unknown,
> {
  /**
   * This workflow's id.
   *
   * @throws {NotSupportedByServerError} from the original server.
   */
  readonly id: string;

  /**
   * This workflow's identity, and the server that runs it. The server is asked only once.
   *
   * @throws {NotSupportedByServerError} from the original server.
   */
  readonly details: WorkflowDetails;

  /** Aborted, with a {@link CancelledError}, when the workflow is asked to cancel. */
  readonly signal: AbortSignal;

  /**
   * Sleeps. If the server restarts meanwhile, only the remaining time counts.
   *
   * @throws {CancelledError} if the workflow is asked to cancel meanwhile, as in everything else that waits.
   * @throws {TypeError} for an invalid duration.
   */
  sleep(duration: DurationLike, options?: WaitOptions): Promise<void>;

  /**
   * Sends a request, as the standard's `fetch` does, and waits for the response.
   *
   * @throws {FetchError} when there was no response.
   * @throws {TypeError} for an option that would be ignored.
   */
  fetch(url: string | URL | Request, options?: FetchOptions): Promise<FetchResponse>;

  /**
   * Waits for a message of one type and returns its data, or undefined on timeout. Messages wait in a mailbox until
   * they are received. For an update, it returns the update, to be replied to.
   *
   * If several calls wait for one type, the message goes to the call made last; among calls made at the same time, to
   * the first. A call that lost a race stops waiting until it is awaited again.
   *
   * @throws {ContractError} when the message doesn't match its schema. (Such an update is rejected instead.)
   */
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    type: Type,
  ): Promise<Received<Messages, Type, Updates>>;
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    type: Type,
    options: ReceiveOptions,
  ): Promise<Received<Messages, Type, Updates> | undefined>;
  /** Waits for a message of any of several types: the oldest in the mailbox, or the first to arrive. */
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    types: readonly Type[],
  ): Promise<ReceivedMessage<Messages, Type, Updates>>;
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    types: readonly Type[],
    options: ReceiveOptions,
  ): Promise<ReceivedMessage<Messages, Type, Updates> | undefined>;

  /** A number from 0 up to but not including 1. `Math.random()` does the same. */
  random(): number;

  /** A random UUID (version 4). `crypto.randomUUID()` does the same. */
  uuid(): string;

  /** The current time. `new Date()` and `Date.now()` return the same. */
  now(): Date;

  /** A secret of the host; undefined if there is none of that name. It is recorded like everything else. */
  secret(name: string): string | undefined;

  /**
   * The application's functions that a queue's workers run, or that are served at a URL, typed by `defineActivities`:
   *
   * ```ts
   * import type { activities } from "./activities.ts";
   * const { charge } = context.activities<typeof activities>({ queue: "orders", timeout: "30 s" });
   * const receipt = await charge(order);
   * ```
   *
   * A call throws an {@link ActivityError} if the activity failed, a {@link NotSupportedByServerError} for a queue on
   * the original server, and a {@link NotJsonError} for an input that can't be written as JSON.
   *
   * @throws {InvalidOptionError} for unknown or invalid options.
   */
  activities<Definitions>(options: ActivitiesOptions): ActivityCalls<Definitions>;

  /**
   * Starts a workflow of the same module, which runs on its own. Pass the function, the result of `defineWorkflow`, or
   * the workflow's name.
   *
   * @param input a value that `writeJson` can write.
   * @throws {NotJsonError} when it can't be written as JSON.
   * @throws {TypeError} when the module has no such workflow.
   * @throws {NotSupportedByServerError} for options, from the original server.
   */
  start<Workflow extends StartableWorkflow>(
    workflow: Workflow,
    ...rest: StartArguments<Workflow>
  ): Promise<ChildOf<Workflow>>;
  start<Input>(
    workflow: string,
    input?: Input & Sendable<Input>,
    options?: StartOptions,
  ): Promise<ChildWorkflow>;

  /** Any workflow on the server, by its id. Only the calls look it up. */
  workflow(id: string): WorkflowReference;

  /**
   * Responds to the caller before the workflow ends. Without it, the workflow's return value is the response.
   *
   * @param value a value that `writeJson` can write and that matches the response's schema, if any.
   * @returns whether a caller was still waiting.
   * @throws {ContractError} when the value doesn't match the response's schema; another one may still be sent.
   * @throws {NotJsonError} when it can't be written as JSON.
   * @throws {TypeError} when that schema is asynchronous.
   * @throws {Error} for a second response.
   */
  respond<Value extends Response>(value: Value & Sendable<Value>): boolean;

  /**
   * Runs a function that cancelling doesn't interrupt: final steps, or compensation. A request to cancel waits while it
   * runs; after one was received, whatever the function awaits works as usual.
   *
   * @returns what the function returns.
   */
  uncancellable<Value>(run: () => Value | PromiseLike<Value>): Promise<Value>;

  /**
   * Publishes the state that clients read with `workflow.state()`, such as the workflow's progress. The last value
   * counts.
   *
   * @param value a value that `writeJson` can write and that matches the state's schema, if any. Up to 64 KiB, unless
   * the server has another limit.
   * @throws {ContractError} when the value doesn't match the schema.
   * @throws {NotJsonError} when it can't be written as JSON.
   * @throws {NotSupportedByServerError} from the original server.
   */
  setState<Value extends State>(value: Value & Sendable<Value>): void;

  /**
   * Changes the workflow's labels, which clients use to find it in lists, and returns the new ones.
   *
   * ```ts
   * context.labels({ customer: order.customer, stage: "paid", draft: null });
   * ```
   *
   * @param changes new values by key; `null` removes a label. Up to 16 labels, keys of 1 to 64 ASCII letters, digits
   * and `_ . : / -`, values of up to 256 characters. They are stored as plain text: put no secrets there.
   * @throws {HostExtensionError} for an invalid label, too many labels, or a key that begins with `flawless:`.
   * @throws {NotSupportedByServerError} from the original server.
   */
  labels(changes?: Readonly<Record<string, string | null>>): Readonly<Record<string, string>>;

  /**
   * Ends this run and starts the workflow again with another input: under the same id, with an empty journal and the
   * messages still in the mailbox. For workflows that never end.
   *
   * @throws {NotJsonError} when the input can't be written as JSON.
   * @throws {NotSupportedByServerError} from the original server.
   */
  continueAsNew<Input>(input?: Input & Sendable<Input>): never;
}
