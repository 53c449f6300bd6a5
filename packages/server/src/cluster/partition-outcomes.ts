import type { Outcomes, SentStep } from "../host-calls/outcomes.ts";
import { isSealed, openText, type Seal } from "../store/seal.ts";
import type { SealedWorkflowStore } from "../store/sealed-workflow-store.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";
import type { OutcomePost } from "./outcome-post.ts";

/** The parts of {@link PartitionOutcomes}. */
export interface PartitionOutcomesParts {
  readonly partition: number;
  /** That of the partition's database. */
  readonly post: Pick<OutcomePost, "find" | "follow" | "remove">;
  /** The partition's store. */
  readonly store: Pick<SealedWorkflowStore, "confide" | "isConfidential">;
  readonly seal: Seal;
}

/** How outcomes of requests get from the owner of a partition to the next one. */
export class PartitionOutcomes implements Outcomes {
  readonly #parts: PartitionOutcomesParts;

  constructor(parts: PartitionOutcomesParts) {
    this.#parts = parts;
  }

  follow(
    { key: id, workflow }: SentStep,
    until: number,
    outcome: Promise<string | undefined>,
  ): void {
    const { partition, post, seal, store } = this.#parts;
    const number = numberOf(workflow);
    const closed = (text: string): string =>
      store.isConfidential(number) || isSealed(text) ? seal.close(number, text) : text;
    post.follow(
      until,
      outcome.then((text) =>
        text === undefined ? undefined : { id, partition, text: closed(text) },
      ),
    );
  }

  async find(
    { key, workflow }: SentStep,
    until: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { post, seal, store } = this.#parts;
    const text = await post.find(key, until, signal);
    if (text === undefined) {
      return undefined;
    }
    if (isSealed(text)) {
      store.confide(numberOf(workflow));
    }
    try {
      return openText(seal, numberOf(workflow), text);
    } catch {
      // A damaged outcome is as good as none.
      return undefined;
    }
  }

  remove({ key }: SentStep): void {
    this.#parts.post.remove(key);
  }
}

function numberOf(workflow: string): number {
  return fromPublicId(workflow) ?? 0;
}
