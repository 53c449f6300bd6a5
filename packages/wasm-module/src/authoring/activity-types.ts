import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CarriedSchema } from "../contract-checks.ts";
import type { DurationLike } from "../duration-like.ts";
import type { Receivable } from "../json/json-checks.ts";
import type { JsonOf } from "../json/json-of.ts";

/** Where an activity writes its log: a pino logger fits. */
export interface ActivityLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What an activity is given beside its input. */
export interface ActivityContext {
  /** The activity's name. */
  readonly name: string;
  /** The queue it came from; empty where it was called by URL. */
  readonly queue: string;
  /** Which attempt this is, from 1 on. */
  readonly attempt: number;
  /**
   * The same for all attempts of one call, and no other call has it: hand it to services that take such a key, so that a
   * repeat has no second effect.
   */
  readonly idempotencyKey: string;
  /** The workflow that called; empty where that is not known. */
  readonly workflowId: string;
  /** Aborted by a time-out, a cancellation, the worker's shutdown, or when the server took the worker for lost. */
  readonly signal: AbortSignal;
  /** What `heartbeat` was last given in the attempt before; undefined where there was none. */
  readonly lastDetails: unknown;
  /** The worker's logger, with the activity's name, attempt and workflow in each line. */
  readonly logger: ActivityLogger;
  /**
   * Says that the activity goes on, which keeps its heartbeat time-out from passing. May be called as often as one likes:
   * the worker tells the server now and then.
   *
   * @param details what the next attempt finds in `lastDetails`, such as how far this one came; what `writeJson` can write
   * @throws {NotJsonError} where it can't
   */
  heartbeat(details?: unknown): void;
}

/** How often and when a failed activity is tried again. */
export interface ActivityRetry {
  /** How often it is tried in all. Default 10. */
  readonly attempts?: number | undefined;
  /** The pause before the second attempt. Default 1 second. */
  readonly initialDelay?: DurationLike | undefined;
  /** By what each further pause is longer than the one before. Default 2. */
  readonly factor?: number | undefined;
  /** The longest pause. Default 1 minute. */
  readonly maxDelay?: DurationLike | undefined;
  /** Names of the classes of errors after which it is not tried again. */
  readonly nonRetryable?: readonly string[] | undefined;
}

/** How an activity is run: with its definition as defaults, with a call for that call. */
export interface ActivityPolicy {
  readonly retry?: ActivityRetry | undefined;
  /** How long one attempt may take. Default 10 minutes. */
  readonly timeout?: DurationLike | undefined;
  /** How long the server waits for a sign of life of an attempt; it is the activity's to call `heartbeat`. Default: not. */
  readonly heartbeatTimeout?: DurationLike | undefined;
  /**
   * Whether it must never run twice: there is no retry, and where a crash or a lost worker leaves it unknown whether it
   * ran, the workflow gets an error with the code `INTERRUPTED`. Default false: it runs at least once.
   */
  readonly atMostOnce?: boolean | undefined;
}

/** How a workflow has its activities run. */
export interface ActivityOptions extends ActivityPolicy {
  /** How long an attempt may wait for a worker that takes it. Default: forever. */
  readonly scheduleToStartTimeout?: DurationLike | undefined;
  /** How long all attempts and the pauses between them may take. Default: forever. */
  readonly scheduleToCloseTimeout?: DurationLike | undefined;
}

/** How one call of an activity is to be run. What it leaves out, `context.activities(...)` says. */
export interface ActivityCallOptions extends ActivityOptions {
  /** Ends the activity: its own signal is aborted, and the call throws the signal's reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** Where a workflow's activities are, and how they are run unless a call says otherwise. */
export type ActivitiesOptions = ActivityCallOptions &
  (
    | {
        /** The queue whose workers run them. It needs a server with host extensions. */
        readonly queue: string;
        readonly url?: undefined;
      }
    | {
        /**
         * Where `createActivityHandler` of the sdk answers, for servers without queues. The activity's name is added to its
         * path. Requests are sent as `context.fetch` sends them; the workflow itself tries again what failed.
         */
        readonly url: string | URL;
        readonly queue?: undefined;
        /** Sent with each request, such as `authorization`. */
        readonly headers?: Readonly<Record<string, string>> | undefined;
      }
  );

/** An activity as a function: it takes and gives what JSON can hold. */
export type ActivityFunction = (input: never, activity: ActivityContext) => unknown;

/** An activity with schemas (any Standard Schema) or defaults of its own; {@link defineActivity} infers its types. */
export interface ActivityDefinition<
  Input extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Output extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Run extends ActivityFunction = ActivityFunction,
> extends ActivityPolicy {
  /** Checks what a workflow passes; what it gives is handed to `run`. */
  readonly input?: Input;
  /** Checks what `run` gives; what it makes of that is handed to the workflow. */
  readonly output?: Output;
  readonly run: Run;
}

/** Activities by their names. */
export type ActivityDefinitions = Readonly<Record<string, ActivityFunction | ActivityDefinition>>;

type RunOf<Definition> = Definition extends { readonly run: infer Run } ? Run : Definition;

/** The schema of an activity's input or output; undefined where it has none. */
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
 * Activities as a workflow calls them: `context.activities<typeof activities>()` gives these functions. An input that would
 * not arrive as its type says can't be passed, and of a result that JSON can't hold there is nothing (`never`).
 */
export type ActivityCalls<Definitions> = {
  readonly [Name in keyof Definitions & string]: (
    ...input: [...InputSide<Definitions[Name]>, options?: ActivityCallOptions]
  ) => Promise<OutputSide<Definitions[Name]>>;
};

/** What `run` gets, with a schema for the input. */
export type ActivityInput<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : null;

/** What `run` may give, with a schema for the output. */
export type ActivityResult<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Schema> | PromiseLike<StandardSchemaV1.InferInput<Schema>>
  : unknown;

/** What {@link defineActivity} takes. */
export interface ActivityWithSchemas<Input, Output, Result> extends ActivityPolicy {
  readonly input?: Input & CarriedSchema<Input>;
  readonly output?: Output & CarriedSchema<Output>;
  readonly run: (input: ActivityInput<Input>, activity: ActivityContext) => Result;
}
