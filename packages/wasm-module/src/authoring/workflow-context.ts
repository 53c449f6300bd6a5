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

/** An update: a message whose sender waits for an answer. */
export interface ReceivedUpdate<Type extends string, Data, Reply> {
  readonly type: Type;
  readonly data: Data;
  /**
   * Answers whoever sent it. Only the first answer counts; where it was sent as a message, nobody hears it.
   *
   * @param value what `writeJson` can write, and the schema for the output takes.
   * @throws {ContractError} where the value does not keep to that schema.
   * @throws {NotJsonError} where it can't be written.
   */
  reply(...value: null extends Reply ? [value?: Reply] : [value: Reply]): void;
  /** Answers that it was refused: the sender's call throws, with the error's name and message. */
  reject(error: unknown): void;
}

type UpdateData<Update> = Update extends { readonly input: infer Schema extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<Schema>
  : null;
type UpdateReply<Update> = Update extends { readonly output: infer Schema extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<Schema>
  : null;

/** A message or an update, where several types were asked for. */
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

/** What `receive` gives for one type: a message's data, or an update. */
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

/** Who a workflow is, and where it runs. */
export interface WorkflowDetails {
  /** The id by which clients know it. */
  readonly id: string;
  /** The id of the workflow that started it; `null` where a client did. */
  readonly parent: string | null;
  /** The id of the first of its line, which a client started: its own where that is itself. */
  readonly root: string;
  readonly module: string;
  readonly version: string;
  /** The workflow's name. */
  readonly workflow: string;
  /** 1, and one more with each `continueAsNew`. */
  readonly run: number;
  readonly server: { readonly name: string; readonly version: string };
}

/**
 * What a workflow can do to the outside. Each of it is recorded, so that a workflow that is run again after a crash
 * sees what it saw before.
 *
 * What is begun and awaited together runs side by side. On a server without host extensions (the original one) requests
 * are sent one after the other; what can't be had there throws a {@link NotSupportedByServerError}.
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
   * Who this workflow is, and which server runs it. It is asked for once.
   *
   * @throws {NotSupportedByServerError} from the original server.
   */
  readonly details: WorkflowDetails;

  /** Aborted, with a {@link CancelledError}, when the workflow is asked to cancel. */
  readonly signal: AbortSignal;

  /**
   * Waits. A server that is restarted meanwhile waits for the rest only.
   *
   * @throws {CancelledError} where the workflow is asked to cancel meanwhile; so do all others that wait.
   * @throws {TypeError} for what is no duration.
   */
  sleep(duration: DurationLike, options?: WaitOptions): Promise<void>;

  /**
   * Sends a request, as the standard's `fetch` does, and waits for the response.
   *
   * @throws {FetchError} when no response came.
   * @throws {TypeError} for an option that would be ignored.
   */
  fetch(url: string | URL | Request, options?: FetchOptions): Promise<FetchResponse>;

  /**
   * Waits for a message of one type, and gives its data; undefined where the time-out comes first. Messages wait
   * in a mailbox until they are received. Of an update, it gives the update, to be answered.
   *
   * Where several wait for one type, the message goes to whoever began to wait last; of those who began at the same time,
   * to the first. One that lost a race waits no more, until it is awaited again.
   *
   * @throws {ContractError} where the message does not keep to its schema. (An update that does not is refused instead.)
   */
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    type: Type,
  ): Promise<Received<Messages, Type, Updates>>;
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    type: Type,
    options: ReceiveOptions,
  ): Promise<Received<Messages, Type, Updates> | undefined>;
  /** Waits for a message of several types: the oldest one that has come, or comes first. */
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    types: readonly Type[],
  ): Promise<ReceivedMessage<Messages, Type, Updates>>;
  receive<Type extends ReceivableTypes<Messages, Updates>>(
    types: readonly Type[],
    options: ReceiveOptions,
  ): Promise<ReceivedMessage<Messages, Type, Updates> | undefined>;

  /** A number from 0 up to, not including, 1. `Math.random()` gives the same. */
  random(): number;

  /** A random UUID (version 4). `crypto.randomUUID()` gives the same. */
  uuid(): string;

  /** What time it is. `new Date()` and `Date.now()` tell the same. */
  now(): Date;

  /** A secret that the host keeps; undefined where it has none of that name. It is recorded like everything else. */
  secret(name: string): string | undefined;

  /**
   * The functions of the application that workers of a queue run, or that are behind a URL, typed by what
   * `defineActivities` gave:
   *
   * ```ts
   * import type { activities } from "./activities.ts";
   * const { charge } = context.activities<typeof activities>({ queue: "orders", timeout: "30 s" });
   * const receipt = await charge(order);
   * ```
   *
   * A call throws an {@link ActivityError} where the activity did not succeed, a {@link NotSupportedByServerError} for a
   * queue from the original server, and a {@link NotJsonError} for an input that JSON can't hold.
   *
   * @throws {InvalidOptionError} for options that do not exist or make no sense.
   */
  activities<Definitions>(options: ActivitiesOptions): ActivityCalls<Definitions>;

  /**
   * Starts a workflow of the same module, which runs on its own: the function, or what `defineWorkflow` gave, or its name.
   *
   * @param input what `writeJson` can write.
   * @throws {NotJsonError} where it can't.
   * @throws {TypeError} where the module has no such workflow.
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

  /** Any workflow of the server, by its id. It is looked up only by the calls. */
  workflow(id: string): WorkflowReference;

  /**
   * Answers whoever started the workflow, before it ends. Without it, what the workflow returns is the response.
   *
   * @param value what `writeJson` can write; with a schema for the response, what that takes.
   * @returns whether somebody was there to hear it.
   * @throws {ContractError} where the value does not keep to the response's schema; another one may be sent then.
   * @throws {NotJsonError} where it can't.
   * @throws {TypeError} where that schema can only be checked asynchronously.
   * @throws {Error} for a second response.
   */
  respond<Value extends Response>(value: Value & Sendable<Value>): boolean;

  /**
   * Runs a function that cancelling does not reach: the last steps of something, or what makes up for it. While it runs, a
   * request to cancel waits; what the function awaits after one was heard goes on as usual.
   *
   * @returns what the function returns.
   */
  uncancellable<Value>(run: () => Value | PromiseLike<Value>): Promise<Value>;

  /**
   * Publishes what clients read with `workflow.state()`: how far the workflow is, for instance. The last value counts.
   *
   * @param value what `writeJson` can write; with a schema for the state, what that takes. Up to 64 KiB, unless the server
   *   has another limit.
   * @throws {ContractError} where the value does not keep to the schema.
   * @throws {NotJsonError} where it can't be written.
   * @throws {NotSupportedByServerError} from the original server.
   */
  setState<Value extends State>(value: Value & Sendable<Value>): void;

  /**
   * Changes the workflow's labels, by which clients find it in lists, and gives those that it has then.
   *
   * ```ts
   * context.labels({ customer: order.customer, stage: "paid", draft: null });
   * ```
   *
   * @param changes by key, what the label is from now on; `null` takes it away. Up to 16 labels, keys of 1 to 64 ASCII letters,
   *   digits and `_ . : / -`, values of up to 256 characters. They are kept as they are: put no secrets there.
   * @throws {HostExtensionError} for what can't be a label, too many, or a key that begins with `flawless:`.
   * @throws {NotSupportedByServerError} from the original server.
   */
  labels(changes?: Readonly<Record<string, string | null>>): Readonly<Record<string, string>>;

  /**
   * Ends this run, and starts the workflow anew with another input: under the same id, with an empty journal and the
   * messages that are still in the mailbox. For workflows that never end.
   *
   * @throws {NotJsonError} where the input can't be written.
   * @throws {NotSupportedByServerError} from the original server.
   */
  continueAsNew<Input>(input?: Input & Sendable<Input>): never;
}
