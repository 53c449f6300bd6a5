import type {
  SearchBy,
  StoredWorkflowFilter,
  Walked,
  WorkflowStore,
} from "../../store/workflow-store.ts";
import type { RequestedPage } from "./requested-page.ts";

/** Up to this many workflows are scanned as a whole. */
const few = 1_000;
/** The number of workflows that are scanned for a page if no index has the matches: often the first part is enough. */
const parts = [1_000, 4_000];
export const searchedAtOnce: number = parts.reduce((sum, part) => sum + part);
/** The max number of bytes of inputs that are read for a part, in addition to the first input. */
const inputBytesOfPart = 8 * 2 ** 20;

/** The store as a search needs it. */
export type SearchStore = Pick<WorkflowStore, "walk">;

/** One page of matches. */
export interface FoundPage<Found> {
  /** One more than the page has, if there are more. */
  readonly found: readonly Found[];
  /** Continue below this id. Null: there is nothing more, or `found` shows where to continue. */
  readonly below: number | null;
  /** The max number of workflows that were scanned; null if an index had the matches. */
  readonly searched: number | null;
}

/**
 * Reads a page.
 * @param read all that match, up to the limit
 * @param isFull whether the page is full, even if more match
 */
export async function search<Found>(
  store: SearchStore,
  { ids, filter, limit }: RequestedPage,
  read: (filter: StoredWorkflowFilter) => Promise<readonly Found[]>,
  isFull: (found: readonly Found[]) => boolean = () => false,
): Promise<FoundPage<Found>> {
  const found: Found[] = [];
  let searched: number | null = null;
  const isEnough = (): boolean => found.length > limit || isFull(found);
  for (const range of ids) {
    const wanted = { ...filter, ...range, limit };
    const way = await wayOf(store, wanted);
    const readTo = async (more: Partial<StoredWorkflowFilter>): Promise<void> => {
      const left = limit + 1 - found.length;
      found.push(...(await read({ ...wanted, ...more, by: way.by, limit: left })));
    };
    if (!way.isSearched) {
      await readTo({});
      if (isEnough()) {
        break;
      }
      continue;
    }
    let below: number | null = range.below;
    for (const most of parts) {
      const inputBytes = filter.inputText === undefined ? undefined : inputBytesOfPart;
      const part: Walked = await store.walk({ ...wanted, below }, way.by, { most, inputBytes });
      searched = (searched ?? 0) + part.count;
      await readTo({ below, from: part.lowest ?? range.from });
      below = part.lowest;
      if (below === null || isEnough()) {
        break;
      }
    }
    if (below !== null || isEnough()) {
      return { found, below: isEnough() ? null : below, searched };
    }
  }
  return { found, below: null, searched };
}

type Way =
  | { readonly by: SearchBy; readonly isSearched: true }
  /** Few or no others are found this way, so nothing is scanned. */
  | { readonly by: SearchBy | undefined; readonly isSearched: false };

/** The shortest, if there are several ways. */
async function wayOf(store: SearchStore, filter: StoredWorkflowFilter): Promise<Way> {
  const ways = waysOf(filter);
  const [only] = ways;
  // At most one matches a key; and for children, no more are scanned than a workflow has children.
  if (filter.idempotencyKey !== undefined || filter.childrenOf !== undefined) {
    return { by: undefined, isSearched: false };
  }
  if (!hasMore(filter) && ways.length < 2 && only !== "keys") {
    return { by: only, isSearched: false };
  }
  let by: SearchBy = ways.find((way) => way !== "keys") ?? "all";
  let least = Infinity;
  for (const way of ways) {
    const { count, lowest } = await store.walk(filter, way, { most: few });
    if (lowest === null && count < least) {
      [by, least] = [way, count];
    }
  }
  return { by, isSearched: true };
}

/** The indexes that help. */
function waysOf({ keyPrefix, labels = {}, status }: StoredWorkflowFilter): readonly SearchBy[] {
  return [
    ...Object.keys(labels).map((label) => ({ label })),
    ...(status === undefined || status === "completed" ? [] : ["status" as const]),
    ...(keyPrefix === undefined ? [] : ["keys" as const]),
  ];
}

/** Whether there is a condition that no index covers. */
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
