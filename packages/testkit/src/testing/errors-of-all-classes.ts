import { ControlPlaneError } from "@flawless-ts/control-plane";
import { ApiError, ListenError } from "@flawless-ts/http-service";
import { BuildError } from "@flawless-ts/module-builder";
import * as sdk from "@flawless-ts/sdk";
import { EngineError } from "@flawless-ts/server";
import * as wasi from "@flawless-ts/wasi";
import {
  AbiError,
  ActivityError,
  CancelledError,
  ChildWorkflowError,
  FetchError,
  HostExtensionError,
  ModuleError,
} from "@flawless-ts/wasm-module";
import { TestkitError } from "../errors.ts";

const url = "http://flawless.test/api";
const outputs = { stdout: "", stderr: "" };
const refusal = {
  url,
  status: 400,
  serverCode: null,
  serverMessage: "because",
  workflowId: null,
} satisfies sdk.Refusal;

/** One error of each class that the packages export. */
export function errorsOfAllClasses(): readonly sdk.FlawlessError[] {
  return [
    new AbiError("FLAWLESS_ABI_INVALID_CALL", "no call"),
    new ActivityError("no", {
      activity: "charge",
      reason: "FAILED",
      attempts: 1,
      details: undefined,
    }),
    new sdk.ApplicationFailure("declined", { details: { card: 42 } }),
    new ApiError("INVALID_REQUEST", "no request"),
    new BuildError([{ code: "FLAWLESS_BUILD_SOURCE", message: "no", place: null, frame: null }]),
    new CancelledError("no need"),
    new ChildWorkflowError("wkf_1", "failed", new Error("no")),
    new ControlPlaneError("JOB_NOT_FOUND", "no job"),
    new EngineError("MODULE_NOT_FOUND", "no module"),
    new FetchError("Io", url, "no answer"),
    new HostExtensionError("send", "WORKFLOW_NOT_FOUND", "no workflow"),
    new ListenError("FLAWLESS_LISTEN_ADDRESS_IN_USE", "no port"),
    new ModuleError("FLAWLESS_MODULE_NOT_WASM", "no module"),
    new TestkitError("FLAWLESS_TESTKIT_DEADLOCK", "no end"),
    new sdk.AnswerTooLargeError(url, 5),
    new sdk.ClientClosedError(),
    new sdk.UpdateRejectedError("wkf_1", "add", { name: "SoldOut", message: "no" }),
    new sdk.ConflictError(refusal),
    new sdk.ContractError({
      contract: "shop 1.0.0",
      workflow: null,
      direction: "definition",
      issues: [{ path: "$", message: "no" }],
    }),
    new sdk.FlawlessAbortedError("It", "reason"),
    new sdk.FlawlessConnectionError("no", { url, maybeSent: false, attempts: 1 }),
    new sdk.FlawlessTimeoutError("It", 5, "Wait."),
    new sdk.InvalidOptionError("url", "no."),
    new sdk.InvalidRequestError(refusal),
    new sdk.ModuleFileError("no file", null),
    new sdk.ModuleRefusedError(refusal),
    new sdk.NotFoundError(refusal),
    new sdk.NotJsonError("$", "a function"),
    new sdk.NotSupportedByServerError("cancelling", url, "1.0.0"),
    new sdk.ServerRefusedError(refusal),
    new sdk.ServerUnavailableError(refusal),
    new sdk.UnauthorizedError(refusal),
    new sdk.UnexpectedAnswerError("odd", { url, status: 200, bodyStart: "" }),
    new sdk.WorkflowCancelledError(refusal),
    new sdk.WorkflowFailedError(refusal),
    new wasi.WasiModuleError("FLAWLESS_WASI_NO_START", "no start"),
    new wasi.WasiRecordingError("no recording"),
    new wasi.WasiReplayMismatchError(3, "a", "b"),
    new wasi.WasiThreadError("no", outputs),
    new wasi.WasiTimeoutError(5, outputs),
    new wasi.WasiTrapError("unreachable", outputs, undefined),
  ];
}
