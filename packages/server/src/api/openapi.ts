import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { sharedSchemas } from "./schemas.ts";
import { serverVersion } from "./version.ts";

/** The name by which routes refer to the token. */
export const tokenSecurity: ReadonlyArray<Record<string, readonly string[]>> = [{ token: [] }];

/** Makes the routes that are registered after it part of the document at `/openapi.json`. */
export function describeApi(app: FastifyInstance): void {
  for (const schema of sharedSchemas) {
    app.addSchema(schema);
  }
  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Flawless server",
        description:
          'The Flawless REST API as its public clients read it, and routes to look at workflows and modules. Every failure is `{"error": text, "code": name}`.',
        version: serverVersion,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        { name: "workflows", description: "Start workflows, talk to them, look at them." },
        { name: "modules", description: "Deploy modules and list them." },
        { name: "server", description: "About the server itself." },
      ],
      components: {
        securitySchemes: {
          token: {
            type: "http",
            scheme: "bearer",
            description: "Only where the server was given tokens.",
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json["$id"] === "string" ? json["$id"] : `schema-${index}`,
    },
  });
}
