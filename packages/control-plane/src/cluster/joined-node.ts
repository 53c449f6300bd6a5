import { listen } from "@flawless-ts/http-service";
import type { Logger } from "pino";
import type { ApiOptions } from "../api/create-api.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import { RunningNode } from "../running-node.ts";
import { HolderLink } from "./holder-link.ts";
import { createJoinedApi } from "./joined-api.ts";
import { askJoinedHealth } from "./joined-health.ts";
import { JoinedMetrics } from "./joined-metrics.ts";

/** What a node that joins another is made of. */
export interface JoinedParts {
  readonly holderUrl: string;
  readonly holderToken: string | undefined;
  readonly registerEveryMs: number;
  readonly nodeId: string;
  readonly address: string;
  readonly port: number;
  readonly advertisedUrl: string | undefined;
  readonly advertisedFlawlessUrl: string | undefined;
  readonly flawless: FlawlessLink | null;
  /** Whom the node's own API lets in, and so on. */
  readonly api: ApiOptions;
  readonly logger: Logger;
}

/**
 * Starts a node without a queue of its own: it passes requests on to the one that it joined.
 *
 * @throws ControlPlaneError `JOIN_REFUSED`
 */
export async function startJoinedNode(
  parts: JoinedParts,
  resources: AsyncDisposableStack,
): Promise<RunningNode> {
  const { holderUrl, nodeId, address, port, flawless, logger } = parts;
  let url: string | null = null;
  const holder = new HolderLink({
    holderUrl,
    token: parts.holderToken,
    self: () => ({
      id: nodeId,
      url: parts.advertisedUrl ?? url,
      flawlessUrl: parts.advertisedFlawlessUrl ?? flawless?.url ?? null,
    }),
    logger,
    everyMs: parts.registerEveryMs,
  });
  resources.use(holder);
  const metrics = new JoinedMetrics(holder, flawless);
  const health = askJoinedHealth.bind(null, nodeId, holder, flawless);
  const ownUrl = (): string | null => parts.advertisedUrl ?? url;
  const context = { nodeId, holderUrl, health, metrics, ownUrl };
  const api = createJoinedApi(context, parts.api);
  try {
    url = await listen(api, address, port);
    await holder.begin();
  } catch (error) {
    await api.close();
    throw error;
  }
  return new RunningNode(url, api, resources.move());
}
