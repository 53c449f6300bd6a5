import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { UpdateReply } from "../types.ts";

/** What is stored of an update. */
export interface KeptUpdate {
  readonly number: number;
  /** Tells requests with the same key apart. */
  readonly request: string;
  readonly reply?: UpdateReply;
}

/** The name under which a workflow stores the highest number of an update. */
export const highestNote = "updates";
/** The names under which it stores the key of an update, and its outcome. */
export const keyNote = (number: number): string => `update ${number}`;
export const updateNote = (key: string): string => `update of ${key}`;

/**
 * The notes of some of a workflow's updates, for one that continues from the steps that took them.
 *
 * @param taken their numbers, and whether those steps also answered them
 * @returns names and values
 */
export async function notesOfUpdates(
  store: Pick<WorkflowStore, "note">,
  id: number,
  taken: ReadonlyMap<number, boolean>,
): Promise<readonly (readonly [string, string])[]> {
  const highest = await store.note(id, highestNote);
  if (highest === undefined) {
    return [];
  }
  // The new workflow's numbers continue above all that the other one gave.
  const notes: (readonly [string, string])[] = [[highestNote, highest]];
  for (const [number, isAnswered] of taken) {
    const key = await store.note(id, keyNote(number));
    const text = key === undefined ? undefined : await store.note(id, updateNote(key));
    // Nothing is stored of the oldest.
    if (key !== undefined && text !== undefined) {
      const { reply, ...kept } = JSON.parse(text) as KeptUpdate;
      const known = isAnswered && reply !== undefined ? { ...kept, reply } : kept;
      notes.push([keyNote(number), key], [updateNote(key), JSON.stringify(known)]);
    }
  }
  return notes;
}
