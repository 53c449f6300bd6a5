import type { HttpStream } from "../http/messages.ts";
import { expectSuccess } from "./answers.ts";
import type { Connection } from "./connection.ts";

/**
 * Accepts a successful response without reading its body.
 *
 * @param feature what the server lacks if it responds with 501; without it, a 501 is a refusal like others.
 * @throws {NotSupportedByServerError | RefusedError | UnexpectedAnswerError} for any other response.
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
