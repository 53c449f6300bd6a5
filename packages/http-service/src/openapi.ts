// What imports this package has to know what the plugin adds to routes and to the app.
/// <reference types="@fastify/swagger" preserve="true" />
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The name by which routes refer to the token. */
export const tokenSecurity: ReadonlyArray<Record<string, readonly string[]>> = [{ token: [] }];

/** What a service says of itself in its OpenAPI document. */
export interface ServiceDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** The schemas that routes refer to as `NAME#`. */
  readonly schemas: readonly JsonSchema[];
}

/** Makes the routes that are registered after it part of an OpenAPI 3.1 document: `app.swagger()`. */
export function describeService(app: FastifyInstance, service: ServiceDescription): void {
  const { title, description, version, tags, schemas } = service;
  for (const schema of schemas) {
    app.addSchema(schema);
  }
  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title,
        description,
        version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: tags.map((tag) => ({ ...tag })),
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

/** The route that gives the document to everybody. */
export function openApiRoute(tag: string): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/openapi.json", {
      schema: {
        operationId: "getOpenApi",
        summary: "This document",
        tags: [tag],
        response: {
          200: {
            description: "An OpenAPI 3.1 document.",
            type: "object",
            additionalProperties: true,
          },
        },
      },
      handler: async () => scope.swagger(),
    });
  };
}
