import type { CallOptions, CallScope } from "../http/call-scope.ts";
import type { SchedulesConnection } from "./schedule-requests.ts";
import type { ActivityWork } from "./activity-types.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  ServerHealth,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

/** The workflow to start. */
export interface StartRequest {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A message that a workflow answers. */
export interface UpdateRequest {
  /** Another request with the same key is the same update. */
  readonly key: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

/** The workflow's answer. */
export type UpdateAnswer =
  | {
      /** JSON text. */
      readonly value: string;
    }
  | { readonly error: { readonly name: string; readonly message: string } };

/** How to start it. */
export interface StartManner {
  readonly idempotencyKey: string | undefined;
  readonly requestId: string | undefined;
}

/** How to restart a workflow. */
export interface RestartManner {
  /** Another request with the same key for the same workflow returns the same new one. */
  readonly idempotencyKey: string;
  /** Whether to terminate a running workflow first. */
  readonly terminate: boolean;
}

/** How to restart many workflows. */
export interface RestartManyManner {
  /** Another request with the same key restarts none of them again. */
  readonly idempotencyKey: string;
  /** Whether only to count them. */
  readonly dryRun: boolean;
  /** The `cursor` of the previous response. */
  readonly cursor: string | undefined;
}

/** How to continue from a step of a workflow. */
export interface ForkManner extends RestartManner {
  /** The number of steps to take over. */
  readonly fromStep: number;
  /** The module's version; undefined: the old workflow's. */
  readonly version: string | undefined;
}

/** A module's name and version, from the server. */
export interface DeployedName {
  readonly name: string;
  readonly version: string;
}

/** A workflow's response. */
export interface ExecutedWorkflow {
  readonly id: string;
  /** JSON text; `null` if it ended without a response. */
  readonly response: string | null;
}

/**
 * What a `WorkflowClient` needs of its connection: to a server over HTTP, or to an engine in this process. Texts of
 * workflows are JSON text, and every method rejects with a `FlawlessError`.
 */
export interface WorkflowConnection {
  /** Its URL, without a trailing slash. */
  readonly url: string;
  /**
   * Begins a call. Each method below takes the call to which it belongs.
   *
   * @param action what it does, for errors: "Listing workflows".
   * @param limit `"unlimited"`: without any timeout given, the call may take forever.
   * @param timeoutAdvice what to do about a timeout.
   */
  begin(
    action: string,
    options: CallOptions,
    limit?: "usual" | "unlimited",
    timeoutAdvice?: string,
  ): CallScope;
  /** @returns the id, once the start is durable. */
  start(start: StartRequest, manner: StartManner, scope: CallScope): Promise<string>;
  /** Starts a workflow and waits for its response. */
  execute(start: StartRequest, manner: StartManner, scope: CallScope): Promise<ExecutedWorkflow>;
  /** Waits for a workflow's response: JSON text, or `null` if it ends without one. */
  response(id: string, scope: CallScope): Promise<string | null>;
  /** Waits for the end of a workflow. */
  completion(id: string, scope: CallScope): Promise<WorkflowInfo>;
  /** @param data JSON text. */
  send(id: string, type: string, data: string, scope: CallScope): Promise<void>;
  /** Sends an update, once for each key, and waits for the workflow's answer. */
  update(id: string, update: UpdateRequest, scope: CallScope): Promise<UpdateAnswer>;
  workflow(id: string, scope: CallScope): Promise<WorkflowDetails>;
  /** A workflow's published state: JSON text, or `null` if there is none. */
  state(id: string, scope: CallScope): Promise<string | null>;
  journal(id: string, scope: CallScope): Promise<WorkflowJournal>;
  history(id: string, scope: CallScope): Promise<WorkflowHistory>;
  /** Restarts a workflow, once for each key. @returns the new one's id, once it is durable. */
  restart(id: string, manner: RestartManner, scope: CallScope): Promise<string>;
  /** Forks a workflow from one of its steps, once for each key. @returns the new one's id, once it is durable. */
  fork(id: string, manner: ForkManner, scope: CallScope): Promise<string>;
  /** @param tree whether to end all its descendants, too. */
  end(id: string, manner: EndManner, tree: boolean, scope: CallScope): Promise<WorkflowInfo>;
  close(): Promise<void>;
  /**
   * Creates the promises that wait for a workflow. Default: they start immediately. A connection with a simulated clock
   * can start when the promise is awaited.
   */
  readonly whenAwaited?: <Value>(ask: () => Promise<Value>) => Promise<Value>;
}

/** A `Flawless` client's connection. */
export interface FlawlessConnection extends WorkflowConnection, ActivityWork<CallScope> {
  readonly schedules: SchedulesConnection;
  version(scope: CallScope): Promise<string>;
  health(scope: CallScope): Promise<ServerHealth>;
  /** Settled when the server is reachable and healthy. */
  ready(scope: CallScope): Promise<void>;
  deploy(module: Uint8Array, scope: CallScope): Promise<DeployedName>;
  /** Ends some of the matching running workflows, or counts them. */
  endWorkflows(
    manner: EndManner,
    filter: CancelFilter,
    dryRun: boolean,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<CancelledWorkflows>;
  /** Restarts some of the matching workflows, each once for a key, or counts them. */
  restartWorkflows(
    filter: RestartFilter,
    manner: RestartManyManner,
    scope: CallScope,
  ): Promise<RestartedWorkflows>;
  workflows(
    filter: WorkflowFilter,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<WorkflowPage>;
  modules(scope: CallScope): Promise<readonly ModuleSummary[]>;
}
