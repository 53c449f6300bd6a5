import type { FastifyRequest } from "@flawless-ts/http-service/fastify";
import { keyInPlaceOf } from "../api/keyed-addresses.ts";
import { partitionOfId, partitionOfKey, partitionOfSchedule } from "./partition-of.ts";
import type { PartitionNode } from "./partition-node.ts";

/**
 * `look`: tried once at the owner, otherwise served from the databases. `repeat`: may be done twice. `once`: may not.
 */
type Kind = "look" | "repeat" | "once";

/** Which node must serve a request, and how often it may be tried. */
export interface Route {
  /** Undefined: any. */
  readonly partition: number | undefined;
  readonly kind: Kind;
  readonly isStart: boolean;
  readonly isModule?: boolean;
}

/** The URL of the route that starts a workflow. */
export const startUrl = "/api/workflow/start";

/** Whether another node starts the workflows with this key, and only that node knows all of them. */
export function isElsewhere(
  key: string,
  node: Pick<PartitionNode, "isFixed" | "partitions" | "partition">,
): boolean {
  return !node.isFixed && node.partition(partitionOfKey(key, node.partitions)) === undefined;
}

/**
 * The route of a request.
 *
 * @param central the partition whose node deploys modules and makes backups; undefined for any node
 * @returns undefined for requests that any node serves; a start without a key goes to any node with partitions
 */
export function routeOf(
  request: FastifyRequest,
  { isFixed, partitions }: Pick<PartitionNode, "isFixed" | "partitions">,
  central: number | undefined,
): Route | undefined {
  const { url = "" } = request.routeOptions;
  if (isFixed && /^\/api\/workflows?\//.test(url)) {
    // Engines call each other directly, which is cheaper than a request.
    return undefined;
  }
  if (request.method === "POST" && url === startUrl) {
    const key = request.headers["idempotency-key"];
    return typeof key === "string"
      ? { partition: partitionOfKey(key, partitions), kind: "repeat", isStart: true }
      : { partition: undefined, kind: "once", isStart: true };
  }
  if (central !== undefined && (url === "/api/backup" || url === "/api/module/deploy")) {
    const isModule = url !== "/api/backup";
    return { partition: central, kind: "repeat", isStart: true, isModule };
  }
  if (url.startsWith("/api/schedules/:name")) {
    return scheduleRoute(request, partitions);
  }
  if (!/\/workflows?\/(?:[\w-]+\/)?:id/.test(url)) {
    return undefined;
  }
  const { id } = request.params as { readonly id: string };
  const key = keyInPlaceOf(id);
  const partition =
    key === undefined ? partitionOfId(id, partitions) : partitionOfKey(key, partitions);
  if (partition === undefined) {
    return undefined;
  }
  if (url.endsWith("/:id/updates")) {
    // It waits for the workflow's answer, like a start.
    const isRepeatable = typeof request.headers["idempotency-key"] === "string";
    return { partition, kind: isRepeatable ? "repeat" : "once", isStart: true };
  }
  return { partition, kind: kindOf(request, url), isStart: false };
}

function kindOf({ headers, method }: FastifyRequest, url: string): Kind {
  if (method === "GET" || method === "HEAD") {
    return "look";
  }
  const isRepeatable =
    /\/(?:cancel|terminate)$/.test(url) ||
    (/\/(?:restart|fork)$/.test(url) && typeof headers["idempotency-key"] === "string");
  return isRepeatable ? "repeat" : "once";
}

/** The node that fires a schedule reads and changes it. Everything except a trigger without a key may be repeated. */
function scheduleRoute(
  { headers, params, routeOptions }: FastifyRequest,
  partitions: number,
): Route {
  const { name } = params as { readonly name: string };
  const isOnce =
    routeOptions.url?.endsWith("/trigger") === true &&
    typeof headers["idempotency-key"] !== "string";
  return {
    partition: partitionOfSchedule(name, partitions),
    kind: isOnce ? "once" : "repeat",
    isStart: false,
  };
}
