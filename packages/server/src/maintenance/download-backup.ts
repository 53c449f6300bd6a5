import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Agent, request } from "undici";
import { isNumberOfEngines } from "../engines/engine-directories.ts";
import { type BackupContents, backupContentsHeader } from "../engines/engines-backup.ts";
import { EngineError } from "../errors.ts";
import { writeRestorable } from "./restorable-file.ts";

/** The server to get a backup from. */
export interface BackupSource {
  readonly url: string;
  readonly token: string | undefined;
  /** Certificates to trust, in PEM. Default: the system's. */
  readonly ca: string | undefined;
}

/**
 * Downloads a backup of a running server.
 *
 * @param target created if missing; it must not hold a journal yet
 * @returns the journal's file
 * @throws EngineError `DIRECTORY_UNUSABLE`; `JOURNAL_UNAVAILABLE` if the server didn't send all of it
 */
export async function downloadBackup(
  { url, token, ca }: BackupSource,
  target: string,
): Promise<string> {
  // The server makes the copy before it sends the first byte, which takes long for a large journal.
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 60_000,
    ...(ca === undefined ? {} : { connect: { ca } }),
  });
  try {
    return await writeRestorable(target, async (namesFor) => {
      const { statusCode, headers, body } = await request(new URL("/api/backup", url), {
        dispatcher,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
      if (statusCode !== 200) {
        throw unavailable(`the server answered ${statusCode}: ${messageIn(await body.text())}`);
      }
      const { bytes, ...division } = contentsOf(headers);
      const written = await writeParts(body, namesFor(division), bytes);
      const announced = bytes.reduce((sum, each) => sum + each);
      if (written !== announced) {
        throw unavailable(`${announced} bytes were announced, but ${written} came`);
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

/** The error message of a response from the API; otherwise the response's text. */
function messageIn(text: string): string {
  let message = text;
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    message = typeof error === "string" ? error : text;
  } catch {
    // Not from the API; perhaps from a proxy.
  }
  return message.slice(0, 1_000);
}

function unavailable(reason: string, cause?: unknown): EngineError {
  return new EngineError("JOURNAL_UNAVAILABLE", `No backup could be made: ${reason}`, { cause });
}

/** @throws EngineError if the server's headers are invalid */
function contentsOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): BackupContents {
  const told = headers[backupContentsHeader];
  if (told === undefined) {
    return { engines: 1, copied: false, bytes: [Number(headers["content-length"])] };
  }
  try {
    const { engines, copied, bytes } = JSON.parse(String(told)) as BackupContents;
    if (
      isNumberOfEngines(engines) &&
      bytes.length === engines &&
      bytes.every(Number.isSafeInteger)
    ) {
      return { engines, copied: copied === true, bytes };
    }
  } catch {
    // Thrown below.
  }
  throw unavailable("the server does not say what its backup consists of");
}

/** Writes the body to files of the given lengths, and any excess to the last. @returns the number of bytes received */
async function writeParts(
  body: AsyncIterable<Buffer>,
  files: readonly string[],
  bytes: readonly number[],
): Promise<number> {
  const chunks = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let written = 0;
  for (const [index, file] of files.entries()) {
    let left = index === files.length - 1 ? Infinity : (bytes[index] ?? 0);
    const part = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        if (rest.length === 0) {
          const { done, value } = await chunks.next();
          if (done === true) {
            return;
          }
          rest = value;
        }
        const taken = rest.subarray(0, Math.min(left, rest.length));
        rest = rest.subarray(taken.length);
        left -= taken.length;
        written += taken.length;
        yield taken;
      }
    };
    await pipeline(part(), createWriteStream(file, { mode: 0o600, flags: "wx" }));
  }
  return written;
}
