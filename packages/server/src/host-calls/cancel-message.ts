/**
 * The type of the message by which a workflow is asked to cancel. Clients can send none whose type begins with
 * {@link reservedTypes}.
 */
export const cancelMessage = "flawless:cancel";

/** What it says, by how a module hears of cancelling: whether it may be the answer to any `Sleep` and `RecvMessage`. */
export const cancelData: { readonly messages: string; readonly calls: string } = {
  messages: "null",
  calls: '{"calls":true}',
};

/** How the types of messages begin that only the server sends. */
export const reservedTypes = "flawless:";
