import { errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { EngineDivision } from "../engines/engine-directories.ts";
import { type BackupContents, backupContentsHeader } from "../engines/engines-backup.ts";
import type { Backup } from "./backups.ts";

/**
 * `GET /backup`: the whole journal, as a file; for several engines, their journals one after the other.
 *
 * @param division how the workflows are divided; undefined for one engine
 */
export function backupRoute(
  make: () => Promise<Backup>,
  division?: EngineDivision,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/backup", {
      schema: {
        operationId: "getBackup",
        summary: "Back up the journal while the server runs",
        description:
          "A SQLite file that `flawless up` runs on, under the name flawless.sqlite in an empty directory. It holds all that was acknowledged before. The key for secrets is not in it. A server with several engines sends their files one after the other, and tells the length of each in the header flawless-backup, which `flawless backup` knows to read.",
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
        const { bytes, parts, content } = await make();
        if (division !== undefined) {
          const contents: BackupContents = { ...division, bytes: parts };
          void reply.header(backupContentsHeader, JSON.stringify(contents));
        }
        return reply
          .type("application/vnd.sqlite3")
          .header("content-length", bytes)
          .header("cache-control", "no-store")
          .send(content);
      },
    });
  };
}
