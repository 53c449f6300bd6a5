import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Agent, request } from "undici";
import { EngineError } from "../errors.ts";
import { writeRestorable } from "./restorable-file.ts";

/** Where to get a backup from. */
export interface BackupSource {
  readonly url: string;
  readonly token: string | undefined;
  /** Certificates to trust, in PEM. Default: the usual ones. */
  readonly ca: string | undefined;
}

/**
 * Gets a backup of a running server.
 *
 * @param target made if need be; it must not hold a journal yet
 * @returns the journal's file
 * @throws EngineError `DIRECTORY_UNUSABLE`; `JOURNAL_UNAVAILABLE` where the server did not send all of it
 */
export async function downloadBackup(
  { url, token, ca }: BackupSource,
  target: string,
): Promise<string> {
  // The copy is made before the first byte comes: that takes as long as the journal is large.
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 60_000,
    ...(ca === undefined ? {} : { connect: { ca } }),
  });
  try {
    return await writeRestorable(target, async (file) => {
      const { statusCode, headers, body } = await request(new URL("/api/backup", url), {
        dispatcher,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
      if (statusCode !== 200) {
        throw unavailable(`the server answered ${statusCode}: ${messageIn(await body.text())}`);
      }
      const output = createWriteStream(file, { mode: 0o600, flags: "wx" });
      await pipeline(body, output);
      if (String(output.bytesWritten) !== headers["content-length"]) {
        throw unavailable(
          `${headers["content-length"]} bytes were announced, but ${output.bytesWritten} came`,
        );
      }
    });
  } catch (error) {
    throw error instanceof EngineError
      ? error
      : unavailable(error instanceof Error ? error.message : String(error), error);
  } finally {
    await dispatcher.close();
  }
}

/** What an answer says of an error: its message, where it is one of the API. */
function messageIn(text: string): string {
  let message = text;
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    message = typeof error === "string" ? error : text;
  } catch {
    // It is not of the API; perhaps of a proxy.
  }
  return message.slice(0, 1_000);
}

function unavailable(reason: string, cause?: unknown): EngineError {
  return new EngineError("JOURNAL_UNAVAILABLE", `No backup could be made: ${reason}`, { cause });
}
