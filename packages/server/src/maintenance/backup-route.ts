import { errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { Backup } from "./backups.ts";

/** `GET /backup`: the whole journal, as a file. */
export function backupRoute(
  make: () => Promise<Backup>,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/backup", {
      schema: {
        operationId: "getBackup",
        summary: "Back up the journal while the server runs",
        description:
          "A SQLite file that `flawless up` runs on, under the name flawless.sqlite in an empty directory. It holds all that was acknowledged before. The key for secrets is not in it.",
        tags: ["server"],
        security: tokenSecurity,
        querystring: querySchema({}),
        response: {
          200: {
            description: "The file.",
            content: {
              "application/vnd.sqlite3": { schema: { type: "string", format: "binary" } },
            },
          },
          ...errorResponses(400, 429, 503),
        },
      },
      handler: async (_request, reply) => {
        const { bytes, content } = await make();
        return reply
          .type("application/vnd.sqlite3")
          .header("content-length", bytes)
          .header("cache-control", "no-store")
          .send(content);
      },
    });
  };
}
