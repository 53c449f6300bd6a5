import type { FastifyInstance } from "fastify";
import type { ControlPlaneContext } from "../api/context.ts";

/** The pages for people: `/` and `/dashboard/*`. The API's routes stand beside them, in the same scope. */
export function pageRoutes(
  _context: ControlPlaneContext,
): (scope: FastifyInstance) => Promise<void> {
  return async () => undefined;
}
