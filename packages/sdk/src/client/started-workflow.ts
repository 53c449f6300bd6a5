import type {
  Contract,
  ResponseOf,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import type { ServerApi } from "../server-api/server-api.ts";
import { WorkflowHandle, type WorkflowBinding } from "./workflow-handle.ts";

/** A workflow that was just started, with what it responded. */
export class StartedWorkflow<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
  Response = ResponseOf<C, W>,
> extends WorkflowHandle<C, W> {
  /** What the workflow responded, as the contract's schema gives it; `null` if it does not respond or was detached. */
  readonly response: Response;
  /** The response's JSON text with every digit; `null` if there was none. */
  readonly responseText: string | null;

  /** @internal */
  constructor(
    api: ServerApi,
    binding: WorkflowBinding<C, W>,
    started: {
      readonly id: string;
      readonly response: Response;
      readonly responseText: string | null;
    },
  ) {
    super(api, binding, started.id);
    this.response = started.response;
    this.responseText = started.responseText;
  }
}
