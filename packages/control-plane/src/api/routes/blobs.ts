import { ApiError, errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyRequest } from "@flawless-ts/http-service/fastify";
import type { Blobs } from "../../blobs/blobs.ts";

/** Routes to store and read blobs, under one of the API's two prefixes. */
export function blobRoutes(
  blobs: Blobs,
  form: { readonly prefix: string; readonly suffix: string },
  maxBytes: number,
): (scope: FastifyInstance) => Promise<void> {
  const { prefix, suffix } = form;
  return async (scope) => {
    // Any media type: the bytes are streamed to disk.
    scope.addContentTypeParser("*", async (request: FastifyRequest) => request.raw);

    scope.post(`${prefix}/blob/store`, {
      bodyLimit: maxBytes,
      schema: {
        operationId: `storeBlob${suffix}`,
        summary: "Store a blob",
        description:
          "The body is the blob, byte for byte. Storing the same bytes again is harmless.",
        tags: ["blobs"],
        security: tokenSecurity,
        response: {
          200: {
            description: "The blob is durable.",
            type: "object",
            required: ["hash"],
            properties: { hash: { type: "string", description: "BLAKE3, 64 hex digits." } },
          },
          ...errorResponses(413, 415),
        },
      },
      handler: async (request) => {
        const length = Number(request.headers["content-length"] ?? 0);
        if (length > maxBytes) {
          throw new ApiError(
            "BODY_TOO_LARGE",
            `The blob has ${length} bytes, but the limit of this server is ${maxBytes}.`,
          );
        }
        try {
          // The request must outlive a refusal: the response is sent while the rest of the body is still read.
          const bytes = request.raw.iterator({ destroyOnReturn: false });
          return { hash: await blobs.store(bytes) };
        } catch (cause) {
          if (request.raw.destroyed && !request.raw.complete) {
            throw new ApiError("INVALID_REQUEST", "The body broke off.", { cause });
          }
          throw cause;
        }
      },
    });

    scope.get<{ Params: { readonly hash: string } }>(`${prefix}/blob/:hash`, {
      schema: {
        operationId: `getBlob${suffix}`,
        summary: "Read a blob",
        tags: ["blobs"],
        security: tokenSecurity,
        params: {
          type: "object",
          required: ["hash"],
          properties: { hash: { type: "string", description: "BLAKE3, 64 hex digits." } },
        },
        response: {
          200: {
            description: "Its bytes.",
            content: { "application/octet-stream": { schema: { type: "string" } } },
          },
          ...errorResponses(404),
        },
      },
      handler: async (request, reply) => {
        const { sizeBytes, stream } = await blobs.find(request.params.hash);
        return reply
          .type("application/octet-stream")
          .header("content-length", sizeBytes)
          .header("x-content-type-options", "nosniff")
          .header("cache-control", "private, max-age=31536000, immutable")
          .send(stream());
      },
    });
  };
}
