import type { SearchBy, StoredWorkflowFilter, WorkflowStore } from "../../store/workflow-store.ts";
import type { RequestedPage } from "./requested-page.ts";

/** So many workflows are looked through for a page, where no index tells what matches. */
export const searchedAtOnce = 10_000;
/** So many bytes of inputs are read for a page, beside those of the first. */
const searchedInputBytes = 16 * 2 ** 20;
/** What is no more than this is looked through as a whole. */
const few = 1_000;

/** What a search is done with. */
export type SearchStore = Pick<WorkflowStore, "walk">;

/** One page of what matches. */
export interface FoundPage<Found> {
  /** One more than the page has, where there are more. */
  readonly found: readonly Found[];
  /** Where to go on: below this id. Null: nothing more is there, or what is found tells it. */
  readonly below: number | null;
  /** How many workflows were looked through, at most; null where an index told what matches. */
  readonly searched: number | null;
}

/**
 * Reads a page.
 * @param read all that match, up to the limit
 * @param isFull whether no more is wanted, however many there are
 */
export async function search<Found>(
  store: SearchStore,
  { ids, filter, limit }: RequestedPage,
  read: (filter: StoredWorkflowFilter) => Promise<readonly Found[]>,
  isFull: (found: readonly Found[]) => boolean = () => false,
): Promise<FoundPage<Found>> {
  const found: Found[] = [];
  let searched: number | null = null;
  for (const range of ids) {
    const wanted = { ...filter, ...range, limit: limit + 1 - found.length };
    const plan = await planOf(store, wanted);
    found.push(...(await read(plan.filter)));
    searched = plan.searched === null ? searched : (searched ?? 0) + plan.searched;
    if (found.length > limit || isFull(found)) {
      return { found, below: null, searched };
    }
    if (plan.lowest !== null) {
      return { found, below: plan.lowest, searched };
    }
  }
  return { found, below: null, searched };
}

interface Plan {
  readonly filter: StoredWorkflowFilter;
  /** Nothing below was looked at; null: all was. */
  readonly lowest: number | null;
  readonly searched: number | null;
}

/** Where there are several ways, the shortest. */
async function planOf(store: SearchStore, filter: StoredWorkflowFilter): Promise<Plan> {
  const ways = waysOf(filter);
  const [only] = ways;
  if (filter.idempotencyKey !== undefined) {
    return { filter, lowest: null, searched: null };
  }
  if (!hasMore(filter) && ways.length < 2 && only !== "keys") {
    return {
      filter: only === undefined ? filter : { ...filter, by: only },
      lowest: null,
      searched: null,
    };
  }
  let by: SearchBy = ways.find((way) => way !== "keys") ?? "all";
  let least = Infinity;
  for (const way of ways) {
    const { count, lowest } = await store.walk(filter, way, { most: few });
    if (lowest === null && count < least) {
      [by, least] = [way, count];
    }
  }
  const inputBytes = filter.inputText === undefined ? undefined : searchedInputBytes;
  const { count, lowest } = await store.walk(filter, by, { most: searchedAtOnce, inputBytes });
  return {
    filter: { ...filter, by, ...(lowest === null ? {} : { from: lowest }) },
    lowest,
    searched: count,
  };
}

/** The indexes that tell something. */
function waysOf({ keyPrefix, labels = {}, status }: StoredWorkflowFilter): readonly SearchBy[] {
  return [
    ...Object.keys(labels).map((label) => ({ label })),
    ...(status === undefined || status === "completed" ? [] : ["status" as const]),
    ...(keyPrefix === undefined ? [] : ["keys" as const]),
  ];
}

/** Whether there is something that no index tells. */
function hasMore(filter: StoredWorkflowFilter): boolean {
  const { module, version, workflow, namePrefix, inputText, endedFrom, endedBefore, status } =
    filter;
  return (
    status === "completed" ||
    [module, version, workflow, namePrefix, inputText, endedFrom, endedBefore].some(
      (condition) => condition !== undefined,
    )
  );
}
