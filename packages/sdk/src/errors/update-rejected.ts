import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** A workflow answered an update with an error, which is the `cause`. The workflow keeps running. */
export class UpdateRejectedError extends FlawlessError {
  override readonly code = "FLAWLESS_UPDATE_REJECTED" as const;
  readonly workflowId: string;
  /** The update's type. */
  readonly updateType: string;

  /** @param error the workflow's answer. */
  constructor(
    workflowId: string,
    updateType: string,
    error: { readonly name: string; readonly message: string },
  ) {
    const cause = new Error(error.message);
    cause.name = error.name;
    super(
      `The workflow ${workflowId} rejected the update "${updateType}": ${error.name}: ${error.message}`,
      { cause },
    );
    this.workflowId = workflowId;
    this.updateType = updateType;
  }

  override get _tag(): "UpdateRejectedError" {
    return "UpdateRejectedError";
  }
}
