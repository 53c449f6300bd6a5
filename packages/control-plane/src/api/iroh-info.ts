import type { JsonSchema } from "@flawless-ts/http-service";
import type { ControlPlaneContext } from "./context.ts";

/** How to reach a node: by its iroh endpoint if it has one, otherwise by its URL. */
export interface IrohInfo {
  readonly endpoint_id: string;
  readonly addresses: readonly string[];
  readonly transport: "iroh" | "http";
  /** Present if `transport` is `iroh`. */
  readonly ticket?: string;
}

/** The response of `GET /iroh/info`. */
export function irohInfo({ nodeId, ownUrl, ticket }: ControlPlaneContext): IrohInfo {
  const served = ticket();
  if (served !== null) {
    const { endpointId, addresses } = served;
    return { endpoint_id: endpointId, addresses, transport: "iroh", ticket: served.ticket };
  }
  const url = ownUrl();
  return { endpoint_id: nodeId, addresses: url === null ? [] : [url], transport: "http" };
}

/** The result of {@link irohInfo}. */
export const irohInfoSchema: JsonSchema = {
  description: "The node.",
  type: "object",
  required: ["endpoint_id", "addresses", "transport"],
  properties: {
    endpoint_id: { type: "string" },
    addresses: { type: "array", items: { type: "string" } },
    transport: { enum: ["http", "iroh"] },
    ticket: { type: "string", description: "The ticket for clients that connect through iroh." },
  },
};
