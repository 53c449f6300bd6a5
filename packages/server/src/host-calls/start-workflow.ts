import type { HostCallOf } from "@flawless-ts/wasm-module";
import type { WaitingCall, WaitingCallContext } from "./waiting-call.ts";

/** The child and the record of its start become durable in one transaction, so neither exists without the other. */
export function startWorkflow(
  call: HostCallOf<"StartWorkflow">,
  context: WaitingCallContext,
): WaitingCall {
  const name = JSON.stringify(call.workflow);
  const cancel = context.admitChild((refusal) => {
    if (refusal !== undefined) {
      context.fail(`the workflow started ${name}, but ${refusal}`, "CHILD_LIMIT");
      return;
    }
    const child = context.createWorkflow(call.workflow, call.input);
    if (child === undefined) {
      context.fail(`the workflow started ${name}, but its module has no workflow of that name`);
      return;
    }
    context.answer({ kind: "Value", type: "I64", value: BigInt(child.id) });
    child.begin();
  });
  // Nothing is recorded before the answer: after a crash the guest makes the call again.
  return { canLeaveMemory: false, cancel };
}
