export * from "./program.ts";
export { ApiError, type ApiErrorCode } from "./api-error.ts";
export { createAuthentication, type Authentication } from "./authentication.ts";
export { callerSignal } from "./caller-signal.ts";
export { createService, type ServiceOptions } from "./create-service.ts";
export {
  errorCodeHeader,
  errorReply,
  type ErrorReply,
  type ExplainError,
  retrySoon,
  logRefusal,
  toErrorReply,
} from "./error-reply.ts";
export { errorResponse, errorResponses, errorSchema } from "./error-schema.ts";
export { acceptJsonBodies, bodyTextOf } from "./json-body.ts";
export { observeRequests, type RequestObserver } from "./observe-requests.ts";
export {
  describeService,
  type JsonSchema,
  type ServiceDescription,
  tokenSecurity,
} from "./openapi.ts";
export { numberInQuery, querySchema } from "./query.ts";
export {
  healthSchema,
  type ServiceHealth,
  serviceRoutes,
  type ServiceRoutesOptions,
} from "./service-routes.ts";
