// A separate file, which is loaded if there is a contract.
export {
  inputToSend,
  messageToSend,
  updateToSend,
  validateReply,
  validateResponse,
  validateState,
} from "@flawless-ts/wasm-module/internal/client-values";
