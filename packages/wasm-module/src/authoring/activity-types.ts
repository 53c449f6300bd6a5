import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CarriedSchema } from "../contract-checks.ts";
import type { DurationLike } from "../duration-like.ts";
import type { Receivable } from "../json/json-checks.ts";
import type { JsonOf } from "../json/json-of.ts";

/** The log of an activity; a pino logger fits. */
export interface ActivityLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What an activity gets in addition to its input. */
export interface ActivityContext {
  /** The activity's name. */
  readonly name: string;
  /** Its queue; empty if it was called by URL. */
  readonly queue: string;
  /** The number of this attempt, counted from 1. */
  readonly attempt: number;
  /**
   * The same for all attempts of one call, and unique to that call. Pass it to services that accept such a key, so that
   * a retry has no second effect.
   */
  readonly idempotencyKey: string;
  /** The calling workflow; empty if unknown. */
  readonly workflowId: string;
  /** Aborted by a timeout, a cancellation, the worker's shutdown, or when the server considers the worker lost. */
  readonly signal: AbortSignal;
  /** The last `heartbeat` details of the previous attempt; undefined if there were none. */
  readonly lastDetails: unknown;
  /** The worker's logger, with the activity's name, attempt and workflow in each line. */
  readonly logger: ActivityLogger;
  /**
   * Signals that the activity is still running, which resets its heartbeat timeout. Call it as often as you like: the
   * worker forwards it now and then.
   *
   * @param details what the next attempt gets as `lastDetails`, such as the progress so far; a value that `writeJson`
   * can write
   * @throws {NotJsonError} if it can't
   */
  heartbeat(details?: unknown): void;
}

/** How often and when a failed activity is retried. */
export interface ActivityRetry {
  /** The max number of attempts. Default 10. */
  readonly attempts?: number | undefined;
  /** The pause before the second attempt. Default 1 second. */
  readonly initialDelay?: DurationLike | undefined;
  /** The factor by which each pause is longer than the previous one. Default 2. */
  readonly factor?: number | undefined;
  /** The longest pause. Default 1 minute. */
  readonly maxDelay?: DurationLike | undefined;
  /** Names of error classes that are not retried. */
  readonly nonRetryable?: readonly string[] | undefined;
}

/** How an activity is run: defaults in its definition, or options of one call. */
export interface ActivityPolicy {
  readonly retry?: ActivityRetry | undefined;
  /** How long one attempt may take. Default 10 minutes. */
  readonly timeout?: DurationLike | undefined;
  /** How long an attempt may go without calling `heartbeat`. Default: no limit. */
  readonly heartbeatTimeout?: DurationLike | undefined;
  /**
   * Whether it must never run twice: there is no retry, and if a crash or a lost worker leaves it unknown whether it
   * ran, the workflow gets an error with the code `INTERRUPTED`. Default false: it runs at least once.
   */
  readonly atMostOnce?: boolean | undefined;
}

/** How a workflow's activities are run. */
export interface ActivityOptions extends ActivityPolicy {
  /** How long an attempt may wait for a worker. Default: forever. */
  readonly scheduleToStartTimeout?: DurationLike | undefined;
  /** How long all attempts and the pauses between them may take. Default: forever. */
  readonly scheduleToCloseTimeout?: DurationLike | undefined;
}

/** How to run one activity call. Omitted options default to those of `context.activities(...)`. */
export interface ActivityCallOptions extends ActivityOptions {
  /** Ends the activity when aborted: the activity's own signal is aborted, and the call throws the signal's reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** Where a workflow's activities run, and how, unless a call says otherwise. */
export type ActivitiesOptions = ActivityCallOptions &
  (
    | {
        /** The queue whose workers run them. Needs a server with host extensions. */
        readonly queue: string;
        readonly url?: undefined;
      }
    | {
        /**
         * The URL of an sdk `createActivityHandler`, for servers without queues. The activity's name is appended to its
         * path. Requests are sent as by `context.fetch`, and the workflow itself retries failures.
         */
        readonly url: string | URL;
        readonly queue?: undefined;
        /** Sent with each request, such as `authorization`. */
        readonly headers?: Readonly<Record<string, string>> | undefined;
      }
  );

/** An activity as a function, whose input and result can be written as JSON. */
export type ActivityFunction = (input: never, activity: ActivityContext) => unknown;

/** An activity with its own schemas (any Standard Schema) or defaults; {@link defineActivity} infers its types. */
export interface ActivityDefinition<
  Input extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Output extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Run extends ActivityFunction = ActivityFunction,
> extends ActivityPolicy {
  /** Checks the input; its output is passed to `run`. */
  readonly input?: Input;
  /** Checks what `run` returns; its output is passed to the workflow. */
  readonly output?: Output;
  readonly run: Run;
}

/** Activities by name. */
export type ActivityDefinitions = Readonly<Record<string, ActivityFunction | ActivityDefinition>>;

type RunOf<Definition> = Definition extends { readonly run: infer Run } ? Run : Definition;

/** The schema of an activity's input or output; undefined if it has none. */
type SchemaOf<Definition, Part extends "input" | "output"> = Definition extends {
  readonly [Name in Part]?: infer Schema;
} & { readonly run: unknown }
  ? [Schema] extends [undefined]
    ? undefined
    : Exclude<Schema, undefined>
  : undefined;

type InputSide<Definition> =
  SchemaOf<Definition, "input"> extends infer Schema extends StandardSchemaV1
    ? [input: StandardSchemaV1.InferInput<Schema>]
    : RunOf<Definition> extends (...parameters: infer Parameters) => unknown
      ? Parameters extends []
        ? [input?: null]
        : unknown extends Parameters[0]
          ? [input?: unknown]
          : undefined extends Parameters[0]
            ? [input?: Receivable<Parameters[0]>]
            : [input: Receivable<Parameters[0]>]
      : never;

type OutputSide<Definition> =
  SchemaOf<Definition, "output"> extends infer Schema extends StandardSchemaV1
    ? JsonOf<StandardSchemaV1.InferOutput<Schema>>
    : RunOf<Definition> extends (...parameters: never) => infer Result
      ? JsonOf<Awaited<Result>>
      : never;

/**
 * Activities as a workflow calls them: `context.activities<typeof activities>()` returns these functions. An input that
 * would arrive as a type other than declared doesn't compile, and a result that JSON can't hold is `never`.
 */
export type ActivityCalls<Definitions> = {
  readonly [Name in keyof Definitions & string]: (
    ...input: [...InputSide<Definitions[Name]>, options?: ActivityCallOptions]
  ) => Promise<OutputSide<Definitions[Name]>>;
};

/** What `run` gets, given the input's schema. */
export type ActivityInput<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : null;

/** What `run` may return, given the output's schema. */
export type ActivityResult<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Schema> | PromiseLike<StandardSchemaV1.InferInput<Schema>>
  : unknown;

/** The parameter of {@link defineActivity}. */
export interface ActivityWithSchemas<Input, Output, Result> extends ActivityPolicy {
  readonly input?: Input & CarriedSchema<Input>;
  readonly output?: Output & CarriedSchema<Output>;
  readonly run: (input: ActivityInput<Input>, activity: ActivityContext) => Result;
}
