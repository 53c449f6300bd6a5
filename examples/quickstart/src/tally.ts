import type { WorkflowJournal } from "@flawless-ts/sdk";
import type { Update } from "./site.ts";

/** What happened to the updates. */
export interface Tally {
  /** Distinct updates that arrived. */
  readonly received: number;
  /** Updates whose workflow was told that the request was interrupted: they may or may not have arrived. */
  readonly interrupted: number;
  /** Updates that neither arrived nor were interrupted. */
  readonly lost: number;
  /** Repeated arrivals of the same update. */
  readonly repeated: number;
}

/** Compares what the site received with what the crawls should have sent, and with their journals. */
export function tally(
  updates: readonly Update[],
  journals: readonly WorkflowJournal[],
  expected: { readonly crawls: readonly number[]; readonly updatesPerCrawl: number },
): Tally {
  const arrived = new Set(updates.map(nameOf));
  const interrupted = new Set(journals.flatMap(interruptedIn).map(nameOf));
  const accounted = new Set([...arrived, ...interrupted]);
  return {
    received: arrived.size,
    interrupted: interrupted.size,
    lost: expected.crawls.length * expected.updatesPerCrawl - accounted.size,
    repeated: updates.length - arrived.size,
  };
}

function nameOf({ id, status, urls_left }: Update): string {
  return `crawl ${id}, ${status}, ${urls_left} left`;
}

function interruptedIn(journal: WorkflowJournal): Update[] {
  return journal.steps
    .filter(({ answer }) => JSON.stringify(answer)?.includes("RequestInterrupted"))
    .map(({ call }) => {
      const { HTTPRequest: request } = call as { readonly HTTPRequest: { readonly body: string } };
      return JSON.parse(Buffer.from(request.body, "base64").toString()) as Update;
    });
}
