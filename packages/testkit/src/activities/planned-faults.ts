import type { HandedOutActivity } from "@flawless-ts/sdk/internal";
import { checkActivityFault, type ActivityFault } from "./activity-fault.ts";

/** Faults that are yet to come, for each call of an activity separately. */
export class PlannedFaults {
  readonly #faults: ActivityFault[] = [];
  readonly #happened = new Map<ActivityFault, Map<string, number>>();

  /** @throws InvalidOptionError */
  add(fault: ActivityFault): void {
    checkActivityFault(fault);
    this.#faults.push(fault);
  }

  /** The fault of this attempt. */
  take({ name, idempotencyKey }: HandedOutActivity): ActivityFault | undefined {
    for (const fault of this.#faults) {
      if (fault.activity !== name) {
        continue;
      }
      const counts = this.#happened.get(fault) ?? new Map<string, number>();
      const count = counts.get(idempotencyKey) ?? 0;
      if (count < (fault.attempts ?? 1)) {
        this.#happened.set(fault, counts.set(idempotencyKey, count + 1));
        return fault;
      }
    }
    return undefined;
  }
}

/** Activities with one that fails. */
export function failing(name: string, fail: string | Error): Record<string, () => never> {
  return {
    [name]: () => {
      throw typeof fail === "string" ? new Error(fail) : fail;
    },
  };
}
