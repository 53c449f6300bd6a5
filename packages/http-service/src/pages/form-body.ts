import type { FastifyInstance } from "#libraries/fastify";
import { ApiError } from "../api-error.ts";

const maxFormBytes = 64 * 1024;

/** Makes `scope` accept the bodies that HTML forms send. A repeated field is refused. */
export function acceptForms(scope: FastifyInstance): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  scope.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer", bodyLimit: maxFormBytes },
    (_request, bytes, done) => {
      try {
        const text = decoder.decode(bytes as Buffer);
        // URLSearchParams would replace an invalid escape by a replacement character.
        decodeURIComponent(text);
        const fields = [...new URLSearchParams(text)];
        const body: Record<string, string> = Object.assign(
          Object.create(null),
          Object.fromEntries(fields),
        );
        if (Object.keys(body).length < fields.length) {
          done(new ApiError("INVALID_REQUEST", "A field of the form is repeated."), undefined);
          return;
        }
        done(null, body);
      } catch (cause) {
        done(new ApiError("INVALID_REQUEST", "The body is not valid UTF-8.", { cause }), undefined);
      }
    },
  );
}
