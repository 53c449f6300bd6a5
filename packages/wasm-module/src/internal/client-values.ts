// For the parts that the client loads on demand; it may change with any version.
export { ContractError, type ContractIssue } from "../contract-error.ts";
export {
  inputToSend,
  messageToSend,
  updateToSend,
  validateReply,
  validateResponse,
  validateState,
} from "../contract-validation.ts";
export { parseDuration } from "../duration-like.ts";
export { moduleNames } from "../inspect/module-names.ts";
export { writeJson } from "../json/write-json.ts";
export { NotSupportedByServerError } from "../not-supported-error.ts";
export { nodeBuiltin } from "./node-builtins.ts";
