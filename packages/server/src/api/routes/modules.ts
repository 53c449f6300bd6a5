import { errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyRequest } from "@flawless-ts/http-service/fastify";
import type { ResolvedApiLimits } from "../api-options.ts";
import type { EngineApi } from "../engine-api.ts";
import { readModuleUpload } from "../module-upload.ts";
import { okResponse } from "../schemas/responses.ts";

/** The routes that deploy and list modules. */
export function moduleRoutes(
  engine: EngineApi,
  limits: ResolvedApiLimits,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.addContentTypeParser("multipart/form-data", async (request: FastifyRequest) =>
      readModuleUpload(request.raw, limits.moduleBytes),
    );

    scope.post<{ Body: Uint8Array | undefined }>("/module/deploy", {
      schema: {
        operationId: "deployModule",
        summary: "Deploy a module",
        description:
          "The same bytes may be deployed again. Different bytes under an existing name and version are refused.",
        tags: ["modules"],
        security: tokenSecurity,
        consumes: ["multipart/form-data"],
        body: {
          type: "object",
          required: ["module"],
          properties: {
            module: {
              type: "string",
              contentMediaType: "application/wasm",
              description: "The Wasm file. The part needs no file name.",
            },
          },
        },
        response: {
          200: okResponse("It is deployed.", {
            type: "object",
            required: ["name", "version"],
            properties: { name: { type: "string" }, version: { type: "string" } },
          }),
          ...errorResponses(409, 413, 415, 422, 429),
        },
      },
      // The parser has already checked the body, and passes the module's bytes.
      validatorCompiler: () => () => true,
      handler: async (request) => {
        const { name, version } = await engine.deploy(request.body ?? new Uint8Array());
        return { ok: { name, version } };
      },
    });

    scope.get("/modules", {
      schema: {
        operationId: "listModules",
        summary: "List the deployed modules",
        tags: ["modules"],
        security: tokenSecurity,
        querystring: querySchema({}),
        response: {
          200: okResponse("All modules.", { type: "array", items: { $ref: "Module#" } }),
          ...errorResponses(),
        },
      },
      handler: async () => ({ ok: await engine.modules() }),
    });
  };
}
