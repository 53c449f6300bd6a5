// Libraries are imported from this folder only: each file is published as a bundle of the library and of all that it needs, so that
// nobody has to install dozens of packages to use a server.
export { fastify, LogController } from "fastify";
export type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
  FastifyServerOptions,
  HTTPMethods,
  InjectOptions,
  LightMyRequestResponse,
  preParsingHookHandler,
  RouteOptions,
} from "fastify";
