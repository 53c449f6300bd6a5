import { setTimeout as delay } from "node:timers/promises";
import {
  Flawless,
  type FlawlessOptions,
  type WorkflowHandle,
  type WorkflowInfo,
} from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { familyOf } from "./observed.ts";
import type { Scenario } from "./scenario.ts";
import type { LoopbackWorld } from "./world.ts";

/** What plays a scenario in place of its fixture. */
export interface OtherModule {
  readonly bytes: Uint8Array;
  /** The observation as the fixture would cause it. */
  readonly inRust: (seen: unknown) => unknown;
}

/** What a scenario observes, inside and outside. */
export interface Observation {
  readonly seen: unknown;
  /** As "METHOD /path body", sorted. */
  readonly requests: readonly string[];
}

/** What a scenario must observe. */
export function expectedOf({ expected, requests = [] }: Scenario): Observation {
  return { seen: expected, requests };
}

/** Plays a scenario on a server. */
export async function playOnServer(
  { fixture = "conformance", play }: Scenario,
  server: FlawlessOptions,
  world: LoopbackWorld,
  other?: OtherModule,
): Promise<Observation> {
  world.reset();
  await using flawless = new Flawless(server);
  const module = await flawless.deploy(other?.bytes ?? fixtureBytes(fixture));
  const ended = async (run: WorkflowHandle, count: number): Promise<readonly WorkflowInfo[]> => {
    for (;;) {
      const all: WorkflowInfo[] = [];
      for await (const info of flawless.workflows()) {
        all.push(info);
      }
      const family = familyOf(run, all);
      if (family.filter(({ endedAt }) => endedAt !== null).length >= count) {
        return family;
      }
      await delay(20);
    }
  };
  const arrived = (count: number): Promise<void> => world.arrived(count);
  const seen = await play({ module, world: world.url, arrived, ended });
  return {
    seen: other === undefined ? seen : other.inRust(seen),
    requests: world.requests.toSorted(),
  };
}
