import type { Elsewhere } from "../engine/index.ts";
import type { CrossingGate } from "./crossing-gate.ts";

/** Lets nothing through that another engine's workflow came to while the gate is held. Errands pass it on their own way. */
export function gatedElsewhere(inner: Elsewhere, gate: CrossingGate): Elsewhere {
  return {
    partitionOfKey: (key) => inner.partitionOfKey(key),
    movedWorkflow: (key) => inner.movedWorkflow(key),
    send: (partition, errand, signal) => inner.send(partition, errand, signal),
    ended: async (id, reader, signal) => {
      const workflow = await inner.ended(id, reader, signal);
      await gate.opened();
      return workflow;
    },
    runs: (id) => inner.runs(id),
    ids: (filter) => inner.ids(filter),
  };
}
