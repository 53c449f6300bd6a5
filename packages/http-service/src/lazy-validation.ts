import type { BuildCompilerFromPool } from "#libraries/ajv-compiler";
import { loadOnce } from "./load-once.ts";

type Compile = ReturnType<BuildCompilerFromPool>;
type Validate = ReturnType<Compile>;

/**
 * Fastify's own validation with Ajv, but Ajv is loaded by the first request that needs it, and each route's schema is compiled
 * on its first request: both take longer than the rest of a service's startup. A broken schema shows only then, so every route
 * needs a test.
 */
const validateWhenNeeded: BuildCompilerFromPool = (schemas, options) => {
  const compiler = loadOnce(() => loadCompiler(schemas, options));

  return (route) => {
    let compiled: Validate | undefined;

    const validateSoon = async (data: unknown): Promise<void> => {
      try {
        compiled ??= (await compiler())(route) as Validate;
      } catch (error) {
        // Otherwise Fastify would blame the request.
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
      // Fastify looks for them here.
      validate.errors = compiled.errors ?? null;
      return result;
    }) as Validate;
    return validate;
  };
};

/** Needed for every Fastify instance: without these it would load compilers that the bundled server doesn't contain. */
export const compilersFactory: {
  readonly buildValidator: BuildCompilerFromPool;
  readonly buildSerializer: () => () => (data: unknown) => string;
} = {
  buildValidator: validateWhenNeeded,
  // Response schemas are documentation only: a compiled serializer would silently drop properties they don't name.
  buildSerializer: () => () => (data) => JSON.stringify(data),
};

async function loadCompiler(...args: Parameters<BuildCompilerFromPool>): Promise<Compile> {
  const { AjvCompiler } = await import("#libraries/ajv-compiler");
  return AjvCompiler()(...args);
}
