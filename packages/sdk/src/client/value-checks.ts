// A file of its own, which is loaded where there is a contract, or a value that JSON.stringify alone can't be trusted with.
export {
  inputToSend,
  messageToSend,
  updateToSend,
  validateReply,
  validateResponse,
  validateState,
  writeJson,
} from "@flawless-ts/wasm-module/internal/client-values";
