import type { BuildCompilerFromPool } from "@fastify/ajv-compiler";
import { loadOnce } from "./load-once.ts";

type Compile = ReturnType<BuildCompilerFromPool>;
type Validate = ReturnType<Compile>;

/**
 * Fastify's own validation, by Ajv, which is loaded with the first request that needs it, as each route's schema is
 * compiled with the first request to the route: both take longer than the rest of a service's start. What is wrong with a
 * schema shows with that request, so that each route needs a test.
 */
const validateWhenNeeded: BuildCompilerFromPool = (schemas, options) => {
  const compiler = loadOnce(() => loadCompiler(schemas, options));

  return (route) => {
    let compiled: Validate | undefined;

    const validateSoon = async (data: unknown): Promise<void> => {
      try {
        compiled ??= (await compiler())(route) as Validate;
      } catch (error) {
        // Fastify would take it for a fault of the request.
        throw Object.assign(error as Error, { statusCode: 500 });
      }
      if (compiled(data) !== true) {
        throw compiled.errors;
      }
    };

    const validate = ((data: unknown) => {
      if (compiled === undefined) {
        return validateSoon(data);
      }
      const result = compiled(data);
      // Where Fastify looks for them.
      validate.errors = compiled.errors ?? null;
      return result;
    }) as Validate;
    return validate;
  };
};

/** For every instance of Fastify: one without these would load compilers that the bundled server does not have. */
export const compilersFactory: {
  readonly buildValidator: BuildCompilerFromPool;
  readonly buildSerializer: () => () => (data: unknown) => string;
} = {
  buildValidator: validateWhenNeeded,
  // Response schemas are documentation here: a compiled serializer would silently drop what they do not name.
  buildSerializer: () => () => (data) => JSON.stringify(data),
};

async function loadCompiler(...args: Parameters<BuildCompilerFromPool>): Promise<Compile> {
  const { AjvCompiler } = await import("@fastify/ajv-compiler");
  return AjvCompiler()(...args);
}
