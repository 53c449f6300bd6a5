import type { StandardSchemaV1 } from "@standard-schema/spec";
import { FlawlessError } from "./errors.ts";

/**
 * What broke a contract: the definition itself, the module's name, version or workflows, what a caller passes, what a
 * workflow responds, a message to it, an update and its reply, or its state.
 */
export type ContractDirection =
  | "definition"
  | "module"
  | "input"
  | "response"
  | "message"
  /** An update's input. */
  | "update"
  /** A workflow's answer to an update. */
  | "reply"
  /** A workflow's published state. */
  | "state";

/** One problem with a value. */
export interface ContractIssue {
  /** Where in the value: `$` is all of it, `$.items[0].price` a part. */
  readonly path: string;
  /** What the schema says about it. */
  readonly message: string;
}

/** The details of a {@link ContractError}. */
export interface ContractErrorDetails {
  /** The contract's module and version, such as `crawler 0.1.8`. */
  readonly contract: string;
  /** The workflow's name; `null` for the whole contract. */
  readonly workflow: string | null;
  readonly direction: ContractDirection;
  /** The message's or update's type; `null` unless the direction is `message`, `update` or `reply`. */
  readonly messageType?: string | null | undefined;
  /** The id of the workflow that was nevertheless started or reached; `null` if there is none. */
  readonly workflowId?: string | null | undefined;
  /** At least one. */
  readonly issues: readonly ContractIssue[];
  /** What the schema threw, if it threw. */
  readonly cause?: unknown;
}

/** A value violates the contract. The message lists each issue with its path. */
export class ContractError extends FlawlessError {
  override readonly code = "FLAWLESS_CONTRACT_BROKEN" as const;
  readonly contract: string;
  readonly workflow: string | null;
  readonly direction: ContractDirection;
  readonly messageType: string | null;
  /** When a response violates the contract, the workflow still runs (or ran): this is its id. */
  readonly workflowId: string | null;
  readonly issues: readonly ContractIssue[];

  constructor(details: ContractErrorDetails) {
    super(describe(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.contract = details.contract;
    this.workflow = details.workflow;
    this.direction = details.direction;
    this.messageType = details.messageType ?? null;
    this.workflowId = details.workflowId ?? null;
    this.issues = details.issues;
  }

  override get _tag(): "ContractError" {
    return "ContractError";
  }
}

function describe(details: ContractErrorDetails): string {
  const issues = details.issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
  return `${subject(details)} does not keep to the contract ${details.contract}: ${issues}`;
}

function subject(details: ContractErrorDetails): string {
  const workflow = details.workflow === null ? "" : ` of the workflow "${details.workflow}"`;
  const id =
    details.workflowId === null || details.workflowId === undefined
      ? ""
      : ` (${details.workflowId})`;
  switch (details.direction) {
    case "definition":
      return "The definition";
    case "module":
      return "The module";
    case "message":
    case "update":
      return `The ${details.direction} "${details.messageType ?? ""}"${workflow}${id}`;
    case "reply":
      return `The reply to the update "${details.messageType ?? ""}"${workflow}${id}`;
    case "input":
    case "response":
    case "state":
      return `The ${details.direction}${workflow}${id}`;
  }
}

// All of non-ASCII except surrogates counts as letters: `\p{ID_Start}` would cost each TypeScript workflow 14 kB.
const plainName = /^[A-Za-z_$\u0080-\ud7ff\ue000-\uffff][\w$\u0080-\ud7ff\ue000-\uffff]*$/;

/** A schema's issues with a value, in the form of a {@link ContractError}. */
export function contractIssues(issues: readonly StandardSchemaV1.Issue[]): ContractIssue[] {
  return issues.map(({ message, path = [] }) => ({
    path: formatIssuePath(
      path.map((segment) => (typeof segment === "object" ? segment.key : segment)),
    ),
    message,
  }));
}

/** Formats the path to a part of a value for errors: `$.items[0]["unit price"]`; `$` is the whole value. */
export function formatIssuePath(keys: readonly PropertyKey[]): string {
  const segments = keys.map((key) => {
    if (typeof key !== "string") return `[${String(key)}]`;
    return plainName.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return `$${segments.join("")}`;
}
