import { isExtensionUrl } from "./extensions/extension-answer.ts";
import { extensionCall } from "./extensions/extension-call.ts";
import { orCancelled } from "./ended-by-cancelling.ts";
import { httpRequest } from "./http-request.ts";
import { recvMessage } from "./recv-message.ts";
import { sleep } from "./sleep.ts";
import { startWorkflow } from "./start-workflow.ts";
import type { EngineCall, WaitingCall, WaitingCallContext } from "./waiting-call.ts";

/** Begins a host call that the engine answers. */
export function beginCall(call: EngineCall, context: WaitingCallContext): WaitingCall {
  switch (call.kind) {
    case "Sleep":
      return orCancelled(context, () => sleep(call, context));
    case "HTTPRequest":
      return isExtensionUrl(call.request.url)
        ? extensionCall(call, context)
        : httpRequest(call, context);
    case "RecvMessage":
      return orCancelled(context, () => recvMessage(call, context));
    case "StartWorkflow":
      return startWorkflow(call, context);
  }
}
