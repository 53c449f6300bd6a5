import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonOf } from "../json/json-of.ts";
import type { Sendable } from "../json/json-checks.ts";
import type { MessageSchemas, WorkflowDefinition } from "./workflow-definition.ts";

/** Options of operations that wait. */
export interface WaitOptions {
  /** Ends the wait when aborted: it throws the signal's reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** How to start a child workflow. */
export interface StartOptions {
  /**
   * What happens to the child when this workflow ends: `"abandon"`, it keeps running, or `"cancel"`, it is asked to
   * cancel. Default `"abandon"`.
   */
  readonly onParentEnd?: "abandon" | "cancel" | undefined;
  /**
   * 1 to 255 visible ASCII characters. Starts with the same key, by workflows or clients, return the same workflow.
   * Refused in a cluster (`NOT_SUPPORTED`).
   */
  readonly idempotencyKey?: string | undefined;
  /** Labels for finding it: up to 16 short strings. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The name of another module. Default: this one. */
  readonly module?: string | undefined;
  /** That module's version. Default: with `module`, its newest one; otherwise this one's. */
  readonly version?: string | undefined;
}

/** A workflow, by its id. Each call reaches it exactly once. Needs a server with host extensions. */
export interface WorkflowReference<
  Response = unknown,
  Messages extends MessageSchemas = MessageSchemas,
> {
  /** The id, which clients use, too. For a child started by the original server: its number's digits. */
  readonly id: string;

  /**
   * Waits for it to end and returns its response.
   *
   * @throws {ChildWorkflowError} if it failed or was cancelled.
   * @throws {CancelledError} if this workflow is asked to cancel meanwhile.
   * @throws {NotSupportedByServerError} from the original server.
   */
  result(options?: WaitOptions): Promise<Response>;

  /**
   * Sends a message.
   *
   * @throws {NotJsonError} for data that JSON can't hold.
   * @throws {HostExtensionError} when there is no such workflow (`WORKFLOW_NOT_FOUND`), it has ended
   * (`WORKFLOW_ENDED`), or its mailbox is full (`LIMIT_REACHED`). In a cluster, only workflows of the same partition
   * are found, such as children.
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
   * Terminates it immediately.
   *
   * @throws as `send` does.
   */
  terminate(): Promise<void>;

  /** Its form in JSON. */
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

/** A workflow as defined in the module: the function, or the result of `defineWorkflow`. */
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

/** What to pass to start a workflow: its input, which may be omitted if the workflow takes none. */
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

/** The child handle for a workflow of the module. */
export type ChildOf<Workflow> = ChildWorkflow<
  ResponseOfStartable<Workflow>,
  MessagesOfStartable<Workflow>
>;
