import type { FastifyDynamicSwaggerOptions } from "#libraries/swagger";
import { fastify, type FastifyInstance, type RouteOptions } from "#libraries/fastify";
import { compilersFactory } from "./lazy-validation.ts";
import { loadOnce } from "./load-once.ts";

/** A JSON Schema (draft 2020-12), as used by OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The name of the token's security scheme. */
export const tokenSecurity: ReadonlyArray<Record<string, readonly string[]>> = [{ token: [] }];

/** What `describeService` decorates an instance with, as `openApi`. */
export type MakeOpenApi = () => Promise<object>;

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions["openapi"]>;

/** How a service describes itself in its OpenAPI document. */
export interface ServiceDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly tags: NonNullable<OpenApi["tags"]>;
  /** The schemas that routes refer to as `NAME#`. */
  readonly schemas: readonly JsonSchema[];
}

/**
 * Adds the routes that are registered after it to an OpenAPI 3.1 document: `app.openApi()`. The document is built on first
 * use, so that its code isn't loaded before the service is ready.
 */
export function describeService(app: FastifyInstance, service: ServiceDescription): void {
  for (const schema of service.schemas) {
    app.addSchema(schema);
  }
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    routes.push(route);
  });
  app.decorate(
    "openApi",
    loadOnce(() => describeRoutes(routes, service)),
  );
}

/** The same routes in an instance that serves no requests. */
async function describeRoutes(
  routes: readonly RouteOptions[],
  { title, description, version, tags, schemas }: ServiceDescription,
): Promise<object> {
  const { swagger } = await import("#libraries/swagger");
  const app = fastify({ exposeHeadRoutes: false, schemaController: { compilersFactory } });
  for (const schema of schemas) {
    app.addSchema(schema);
  }
  await app.register(swagger, {
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
            description: "Required only if the server was started with tokens.",
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json["$id"] === "string" ? json["$id"] : `schema-${index}`,
    },
  });
  for (const { method, url, schema } of routes) {
    if (method !== "HEAD" && schema?.hide !== true) {
      app.route({ method, url, schema: schema ?? {}, handler: () => undefined });
    }
  }
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
