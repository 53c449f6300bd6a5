import type { FastifyInstance } from "@flawless-ts/http-service/fastify";

const maxBytes = 64 * 1024;

/** Makes `scope` accept and ignore any body: mvm-ci's workers send `null`, and curl sends an empty form. */
export function ignoreBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    (_request, _bytes, done) => done(null, undefined),
  );
}
