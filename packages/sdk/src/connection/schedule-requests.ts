import type { CallScope } from "../http/call-scope.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleOverlap,
  SchedulePage,
  ScheduleStart,
} from "./schedule-types.ts";

/** A schedule's settings in the API's format. Times are ISO 8601. */
export interface ScheduleRequest {
  readonly cron?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly everyMs?: number | undefined;
  readonly anchor?: string | undefined;
  readonly module: string;
  /** `null`: the version that was deployed last. */
  readonly version?: string | null | undefined;
  readonly workflow: string;
  /** JSON text. */
  readonly input?: string | undefined;
  readonly overlap?: ScheduleOverlap | undefined;
  readonly catchUpMs?: number | undefined;
  readonly jitterMs?: number | undefined;
  readonly pausedAt?: string | null | undefined;
  readonly endsAt?: string | null | undefined;
}

/** Changes to a schedule; omitted settings stay. */
export type ScheduleChanges = Partial<ScheduleRequest>;

/** A manual start. */
export interface ScheduleTrigger {
  /** Another request with the same key is the same start. */
  readonly key: string;
  /** Replaces the schedule's own. */
  readonly overlap?: ScheduleOverlap | undefined;
}

/** A range of times, both inclusive; ISO 8601. */
export interface ScheduleRange {
  readonly from: string;
  readonly to: string;
}

/** Which page of the list. */
export interface SchedulePageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The requests about a server's schedules, each as part of a call. */
export interface SchedulesConnection {
  create(name: string, request: ScheduleRequest, scope: CallScope): Promise<ScheduleDescription>;
  list(request: SchedulePageRequest, scope: CallScope): Promise<SchedulePage>;
  /** @param times the number of next times to return */
  describe(name: string, times: number | undefined, scope: CallScope): Promise<ScheduleDescription>;
  update(name: string, changes: ScheduleChanges, scope: CallScope): Promise<ScheduleDescription>;
  pause(name: string, scope: CallScope): Promise<ScheduleDescription>;
  resume(name: string, scope: CallScope): Promise<ScheduleDescription>;
  trigger(name: string, trigger: ScheduleTrigger, scope: CallScope): Promise<ScheduleStart>;
  backfill(name: string, range: ScheduleRange, scope: CallScope): Promise<ScheduleBackfill>;
  delete(name: string, scope: CallScope): Promise<void>;
}
