// A file of its own, so that it is loaded where there is a contract.
export {
  inputToSend,
  messageToSend,
  updateToSend,
  validateReply,
  validateResponse,
  validateState,
} from "@flawless-ts/wasm-module/internal";
