import type { FastifyRequest } from "fastify";
import { requestedNodeId } from "../node-id.ts";

/** By this header a node that passes a request on tells its name. */
export const askedNodeHeader = "x-control-plane-node";

/**
 * The node that a request was sent to, where that is another one than this: it passed the request on.
 *
 * @throws ControlPlaneError `INVALID_REQUEST` where the header holds no name of a node
 */
export function askedNodeOf(request: FastifyRequest): string | undefined {
  const header = request.headers[askedNodeHeader];
  return header === undefined ? undefined : requestedNodeId([header].flat().join());
}
