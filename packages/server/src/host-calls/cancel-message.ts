/**
 * The type of the message that asks a workflow to cancel. Clients can't send messages whose type begins with
 * {@link reservedTypes}.
 */
export const cancelMessage = "flawless:cancel";

/** Its data, by how a module handles cancelling: whether it may be the answer to any `Sleep` and `RecvMessage`. */
export const cancelData: { readonly messages: string; readonly calls: string } = {
  messages: "null",
  calls: '{"calls":true}',
};

/** The prefix of message types that only the server sends. */
export const reservedTypes = "flawless:";
