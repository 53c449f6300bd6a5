import type { FastifyServerOptions } from "fastify";

type OnCreate = NonNullable<NonNullable<FastifyServerOptions["ajv"]>["onCreate"]>;
type Ajv = Parameters<OnCreate>[0];
type Validate = ReturnType<Ajv["compile"]>;

/**
 * Makes Ajv compile the schema of a route with the first request to it, and not before the service is ready: all schemas
 * together take longer than the service's own start. What is wrong with a schema shows with that request, so that each
 * route needs a test.
 */
export function compileWhenNeeded(ajv: Ajv): void {
  const compile = ajv.compile.bind(ajv) as (schema: Parameters<Ajv["compile"]>[0]) => Validate;
  ajv.compile = ((schema: Parameters<Ajv["compile"]>[0]) => {
    let compiled: Validate | undefined;
    const validate = ((data: unknown) => {
      compiled ??= compile(schema);
      const result = compiled(data);
      // Where Fastify looks for them.
      validate.errors = compiled.errors ?? null;
      return result;
    }) as Validate;
    return validate;
  }) as Ajv["compile"];
}
