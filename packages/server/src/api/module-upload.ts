import type { IncomingMessage } from "node:http";
import {
  Busboy,
  type BusboyFileStream,
  type BusboyHeaders,
  type BusboyInstance,
} from "@fastify/busboy";
import { ApiError } from "@flawless-ts/http-service";

const partName = "module";
/** Space for the boundaries and headers around the module. */
const envelopeBytes = 64 * 1024;

/**
 * Reads the one part, named `module`, of a multipart body.
 *
 * The real client sends it with a content type but without a file name, which parsers commonly treat as a text field. Here
 * every part is treated as bytes.
 *
 * @throws ApiError `INVALID_REQUEST` or `BODY_TOO_LARGE`
 */
export async function readModuleUpload(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const parser = createParser(request, maxBytes);
  const chunks: Buffer[] = [];
  let parts = 0;
  let received = 0;

  const countBytes = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > maxBytes + envelopeBytes) {
      refuse(tooLarge(maxBytes));
    }
  };
  function refuse(error: ApiError): void {
    request.unpipe(parser);
    request.off("data", countBytes);
    reject(error);
  }

  parser.on(
    "file",
    (
      name: string | undefined,
      part: BusboyFileStream,
      _fileName: string | undefined,
      encoding: string,
    ) => {
      parts += 1;
      part.on("error", (cause: unknown) =>
        refuse(invalid("The multipart body ends in the middle of a part.", cause)),
      );
      part.on("limit", () => refuse(tooLarge(maxBytes)));
      part.on("data", (chunk: Buffer) => chunks.push(chunk));
      if (name !== partName) {
        refuse(invalid(`There is a part named ${JSON.stringify(name ?? "")}.`));
      } else if (parts > 1) {
        refuse(invalid("There is more than one."));
      } else if (!["7bit", "8bit", "binary"].includes(encoding)) {
        refuse(
          invalid(
            `Its Content-Transfer-Encoding is ${JSON.stringify(encoding)}; send the raw bytes.`,
          ),
        );
      }
    },
  );
  parser.on("finish", () => {
    if (parts === 0) {
      refuse(invalid("There is none."));
    } else {
      resolve(Buffer.concat(chunks));
    }
  });
  parser.on("error", (cause: unknown) =>
    refuse(invalid("The multipart body is malformed or cut off.", cause)),
  );
  request.once("error", (cause) => refuse(invalid("The body broke off.", cause)));
  request.once("close", () => {
    if (!request.complete) {
      refuse(invalid("The body broke off."));
    }
  });
  request.on("data", countBytes);
  request.pipe(parser);
  return promise;
}

function createParser(request: IncomingMessage, maxBytes: number): BusboyInstance {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > maxBytes + envelopeBytes) {
    throw tooLarge(maxBytes);
  }
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      isPartAFile: () => true,
      limits: { fileSize: maxBytes },
    });
  } catch (cause) {
    throw invalid("Its Content-Type has no usable boundary.", cause);
  }
}

function invalid(detail: string, cause?: unknown): ApiError {
  return new ApiError(
    "INVALID_REQUEST",
    `The body has to be multipart/form-data with exactly one part, named ${partName}, that holds the Wasm file. ${detail}`,
    { cause },
  );
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError(
    "BODY_TOO_LARGE",
    `The module is larger than ${maxBytes} bytes, this server's limit.`,
  );
}
