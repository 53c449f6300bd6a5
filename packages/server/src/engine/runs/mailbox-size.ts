import type { StoredMessage } from "../../store/workflow-store.ts";
import type { EngineLimits } from "../limits.ts";

/** The messages that wait in a mailbox: their number, and their bytes in UTF-8. */
interface MailboxSize {
  readonly mailboxSize: number;
  readonly mailboxBytes: number;
}

/** The bytes that a message takes in a mailbox. */
export function messageBytes({ type, data }: Pick<StoredMessage, "type" | "data">): number {
  return Buffer.byteLength(type) + Buffer.byteLength(data);
}

/** @returns what exceeds the limits if there is no room for one more message; otherwise undefined */
export function excessOfMailbox(
  { mailboxSize: messages, mailboxBytes: bytes }: MailboxSize,
  message: Pick<StoredMessage, "type" | "data">,
  limits: Pick<EngineLimits, "mailboxMessages" | "mailboxBytes">,
): string | undefined {
  if (messages >= limits.mailboxMessages) {
    return `${messages} messages wait in it`;
  }
  const size = messageBytes(message);
  return bytes + size > limits.mailboxBytes
    ? `${bytes} bytes wait in it, and with ${size} more it would exceed the limit mailboxBytes of ${limits.mailboxBytes}`
    : undefined;
}
