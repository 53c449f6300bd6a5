import type { JsonSchema } from "@flawless-ts/http-service";
import type { ControlPlaneContext } from "./context.ts";

/** Where a node is reached: at its iroh endpoint where it has one, else at its URL. */
export interface IrohInfo {
  readonly endpoint_id: string;
  readonly addresses: readonly string[];
  readonly transport: "iroh" | "http";
  /** Where `transport` is `iroh`. */
  readonly ticket?: string;
}

/** The answer of `GET /iroh/info`. */
export function irohInfo({ nodeId, ownUrl, ticket }: ControlPlaneContext): IrohInfo {
  const served = ticket();
  if (served !== null) {
    const { endpointId, addresses } = served;
    return { endpoint_id: endpointId, addresses, transport: "iroh", ticket: served.ticket };
  }
  const url = ownUrl();
  return { endpoint_id: nodeId, addresses: url === null ? [] : [url], transport: "http" };
}

/** What {@link irohInfo} gives. */
export const irohInfoSchema: JsonSchema = {
  description: "The node.",
  type: "object",
  required: ["endpoint_id", "addresses", "transport"],
  properties: {
    endpoint_id: { type: "string" },
    addresses: { type: "array", items: { type: "string" } },
    transport: { enum: ["http", "iroh"] },
    ticket: { type: "string", description: "By which clients reach it through iroh." },
  },
};
