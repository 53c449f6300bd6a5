/**
 * The type of the message by which a workflow is asked to cancel. Clients can send none whose type begins with
 * {@link reservedTypes}.
 */
export const cancelMessage = "flawless:cancel";

/** How the types of messages begin that only the server sends. */
export const reservedTypes = "flawless:";
