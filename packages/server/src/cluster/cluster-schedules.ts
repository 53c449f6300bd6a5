import type {
  ScheduleBackfill,
  ScheduleDescription,
  SchedulePage,
  ScheduleStart,
} from "@flawless-ts/sdk";
import type {
  ScheduleChanges,
  SchedulePageRequest,
  ScheduleRange,
  ScheduleRequest,
  ScheduleTrigger,
} from "@flawless-ts/sdk/internal";
import type { ScheduleApi } from "../api/engine-api.ts";
import { readSchedulePage, type Schedules } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import type { Clock } from "../time/clock.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { isClosed, noOwner } from "./no-owner.ts";
import { partitionOfSchedule } from "./partition-of.ts";

/**
 * The schedules of a cluster: each is in a partition, with all that it starts, and the partition's owner fires it.
 * Requests for a schedule must reach that node (see `PassingOn`); any node reads the list from the databases.
 */
export class ClusterSchedules implements ScheduleApi {
  readonly #node: PartitionNode;
  readonly #reader: ClusterReader;
  readonly #clock: Pick<Clock, "now">;

  constructor(parts: {
    readonly node: PartitionNode;
    readonly reader: ClusterReader;
    readonly clock: Pick<Clock, "now">;
  }) {
    this.#node = parts.node;
    this.#reader = parts.reader;
    this.#clock = parts.clock;
  }

  list(request: SchedulePageRequest = {}): Promise<SchedulePage> {
    return readSchedulePage(this.#reader, request, this.#clock.now());
  }

  create(name: string, request: ScheduleRequest): Promise<ScheduleDescription> {
    return this.#repeatable(name, (schedules) => schedules.create(name, request));
  }

  describe(
    name: string,
    options?: { readonly times?: number | undefined },
  ): Promise<ScheduleDescription> {
    return this.#repeatable(name, (schedules) => schedules.describe(name, options));
  }

  update(name: string, changes: ScheduleChanges): Promise<ScheduleDescription> {
    return this.#repeatable(name, (schedules) => schedules.update(name, changes));
  }

  pause(name: string): Promise<ScheduleDescription> {
    return this.#repeatable(name, (schedules) => schedules.pause(name));
  }

  resume(name: string): Promise<ScheduleDescription> {
    return this.#repeatable(name, (schedules) => schedules.resume(name));
  }

  backfill(name: string, range: ScheduleRange): Promise<ScheduleBackfill> {
    return this.#repeatable(name, (schedules) => schedules.backfill(name, range));
  }

  /** If the owner changed meanwhile, the schedule may be deleted already: a retry then fails because there is none. */
  delete(name: string): Promise<void> {
    return this.#repeatable(name, (schedules) => schedules.delete(name));
  }

  async trigger(name: string, trigger: ScheduleTrigger): Promise<ScheduleStart> {
    const { schedules } = this.#here(name).engine;
    try {
      return await schedules.trigger(name, trigger);
    } catch (error) {
      if (!isClosed(error)) {
        throw error;
      }
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `The owner of schedule ${name} changed while its start was being saved: look at the schedule, or ask again with the same key.`,
        { cause: error },
      );
    }
  }

  async #repeatable<Result>(
    name: string,
    act: (schedules: Schedules) => Promise<Result>,
  ): Promise<Result> {
    const partition = this.#here(name);
    try {
      return await act(partition.engine.schedules);
    } catch (error) {
      throw isClosed(error) ? noOwner(partition.claimed.partition, error) : error;
    }
  }

  /** @throws EngineError `NO_OWNER` */
  #here(name: string): NonNullable<ReturnType<PartitionNode["partition"]>> {
    const number = partitionOfSchedule(name, this.#node.partitions);
    const partition = this.#node.partition(number);
    if (partition === undefined) {
      throw noOwner(number);
    }
    return partition;
  }
}
