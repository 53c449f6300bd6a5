import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonOf } from "../json/json-of.ts";
import type { Sendable } from "../json/json-checks.ts";
import type { MessageSchemas, WorkflowDefinition } from "./workflow-definition.ts";

/** Options of what can be waited for. */
export interface WaitOptions {
  /** Ends the wait: it throws the signal's reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** How to start a child workflow. */
export interface StartOptions {
  /**
   * What becomes of the child when this workflow ends: `"abandon"`, it goes on, or `"cancel"`, it is asked to cancel.
   * Default `"abandon"`.
   */
  readonly onParentEnd?: "abandon" | "cancel" | undefined;
  /**
   * 1 to 255 visible ASCII characters. Starts with the same key, by workflows or clients, give the same workflow. Refused in a
   * cluster (`NOT_SUPPORTED`).
   */
  readonly idempotencyKey?: string | undefined;
  /** By which clients find it: up to 16 short texts. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The name of another module. Default: this one. */
  readonly module?: string | undefined;
  /** That module's version. Default: with `module`, its newest one; otherwise this one's. */
  readonly version?: string | undefined;
}

/**
 * A workflow, by its id. Each call reaches it exactly once. All of it needs a server with host extensions.
 */
export interface WorkflowReference<
  Response = unknown,
  Messages extends MessageSchemas = MessageSchemas,
> {
  /** The id by which clients know it, too. Of a child that the original server started: the digits of its number. */
  readonly id: string;

  /**
   * Waits for its end, and gives its response.
   *
   * @throws {ChildWorkflowError} where it failed or was cancelled.
   * @throws {CancelledError} where this workflow is asked to cancel meanwhile.
   * @throws {NotSupportedByServerError} from the original server.
   */
  result(options?: WaitOptions): Promise<Response>;

  /**
   * Sends a message.
   *
   * @throws {NotJsonError} for data that JSON can't hold.
   * @throws {HostExtensionError} where there is no such workflow (`WORKFLOW_NOT_FOUND`), it has ended (`WORKFLOW_ENDED`), or its
   *   mailbox is full (`LIMIT_REACHED`). In a cluster only workflows of the same partition are found, as children are.
   * @throws {NotSupportedByServerError} from the original server.
   */
  send<Type extends keyof Messages & string>(
    type: Type,
    ...data: MessageData<Messages[Type]>
  ): Promise<void>;

  /**
   * Asks it to cancel; it may compensate first.
   *
   * @throws as `send` does.
   */
  cancel(): Promise<void>;

  /**
   * Ends it at once.
   *
   * @throws as `send` does.
   */
  terminate(): Promise<void>;

  /** What JSON has of it. */
  toJSON(): { readonly id: string };
}

type MessageData<Schema extends StandardSchemaV1> =
  undefined extends StandardSchemaV1.InferInput<Schema>
    ? [data?: StandardSchemaV1.InferInput<Schema>]
    : [data: StandardSchemaV1.InferInput<Schema>];

/** A workflow that a workflow started. */
export type ChildWorkflow<
  Response = unknown,
  Messages extends MessageSchemas = MessageSchemas,
> = WorkflowReference<Response, Messages>;

/** A workflow of the module as it was written: the function, or what `defineWorkflow` gave. */
export type StartableWorkflow = ((input: never, context: never) => unknown) | WorkflowDefinition;

type InputOfStartable<Workflow> = Workflow extends (...parameters: infer Parameters) => unknown
  ? Parameters extends readonly []
    ? undefined
    : Parameters[0]
  : Workflow extends { readonly input?: infer Schema }
    ? Exclude<Schema, undefined> extends infer Given extends StandardSchemaV1
      ? [Given] extends [never]
        ? undefined
        : StandardSchemaV1.InferInput<Given>
      : undefined
    : undefined;

/** What is passed to start a workflow: its input, which may be left out where the workflow takes none. */
export type StartArguments<Workflow> =
  unknown extends InputOfStartable<Workflow>
    ? [input?: unknown, options?: StartOptions]
    : [InputOfStartable<Workflow>] extends [undefined | null | void]
      ? [input?: null, options?: StartOptions]
      : undefined extends InputOfStartable<Workflow>
        ? [input?: Sendable<InputOfStartable<Workflow>>, options?: StartOptions]
        : [input: Sendable<InputOfStartable<Workflow>>, options?: StartOptions];

type ResponseOfStartable<Workflow> = Workflow extends (...parameters: never) => infer Result
  ? JsonOf<Awaited<Result>>
  : Workflow extends { readonly response?: infer Schema }
    ? Exclude<Schema, undefined> extends infer Given extends StandardSchemaV1
      ? [Given] extends [never]
        ? null
        : StandardSchemaV1.InferOutput<Given>
      : null
    : null;

type MessagesOfStartable<Workflow> = Workflow extends {
  readonly messages?: infer Messages extends MessageSchemas;
}
  ? Messages
  : MessageSchemas;

/** The child that a workflow of the module becomes. */
export type ChildOf<Workflow> = ChildWorkflow<
  ResponseOfStartable<Workflow>,
  MessagesOfStartable<Workflow>
>;
