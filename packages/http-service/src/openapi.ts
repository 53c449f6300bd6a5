import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The name by which routes refer to the token. */
export const tokenSecurity: ReadonlyArray<Record<string, readonly string[]>> = [{ token: [] }];

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions["openapi"]>;

/** What a service says of itself in its OpenAPI document. */
export interface ServiceDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly tags: NonNullable<OpenApi["tags"]>;
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
      tags,
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
