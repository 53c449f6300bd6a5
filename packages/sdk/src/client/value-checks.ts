// A separate file, which is loaded if there is a contract, or a value for which JSON.stringify alone isn't enough.
export {
  inputToSend,
  messageToSend,
  updateToSend,
  validateReply,
  validateResponse,
  validateState,
  writeJson,
} from "@flawless-ts/wasm-module/internal/client-values";
