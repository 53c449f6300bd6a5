import type {
  SearchBy,
  StoredWorkflowFilter,
  Walked,
  WorkflowStore,
} from "../../store/workflow-store.ts";
import type { RequestedPage } from "./requested-page.ts";

/** What is no more than this is looked through as a whole. */
const few = 1_000;
/** So many workflows are looked through for a page, where no index tells what matches: often the first part is enough. */
const parts = [1_000, 4_000];
export const searchedAtOnce: number = parts.reduce((sum, part) => sum + part);
/** So many bytes of inputs are read for a part, beside those of the first. */
const inputBytesOfPart = 8 * 2 ** 20;

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
  /** Of what is found so, all that is left to look at is little, or nothing. */
  | { readonly by: SearchBy | undefined; readonly isSearched: false };

/** Where there are several ways, the shortest. */
async function wayOf(store: SearchStore, filter: StoredWorkflowFilter): Promise<Way> {
  const ways = waysOf(filter);
  const [only] = ways;
  // There is one at most; and no more are looked through than a workflow has children.
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
