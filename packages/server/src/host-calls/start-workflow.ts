import type { HostCallOf } from "@flawless-ts/wasm-module";
import { answered, type WaitingCall, type WaitingCallContext } from "./waiting-call.ts";

/** The child and the record of its start become durable in one transaction, so neither is without the other. */
export function startWorkflow(
  call: HostCallOf<"StartWorkflow">,
  context: WaitingCallContext,
): WaitingCall {
  const child = context.createWorkflow(call.workflow, call.input);
  if (child === undefined) {
    context.fail(
      `the workflow started ${JSON.stringify(call.workflow)}, but its module has no workflow of that name`,
    );
  } else {
    context.answer({ kind: "Value", type: "I64", value: BigInt(child.id) });
    child.begin();
  }
  return answered;
}
