import type { HttpStream } from "../http/messages.ts";
import { expectSuccess } from "./answers.ts";
import type { Connection } from "./connection.ts";

/**
 * Lets a successful answer through, its body unread.
 *
 * @param feature what the server lacks if it answers 501; without one, that is a refusal like others.
 * @throws {NotSupportedByServerError | RefusedError | UnexpectedAnswerError} for any other.
 */
export async function checkOpened(
  connection: Connection,
  opened: HttpStream,
  feature?: string,
): Promise<void> {
  const { method, url, status, headers } = opened;
  if (status < 300) return;
  const text = new TextDecoder().decode(await connection.transport.readAll(opened));
  if (status === 501 && feature !== undefined) throw connection.notSupported(feature);
  expectSuccess({ method, url, status, headers, text });
}
