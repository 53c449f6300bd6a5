import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { UpdateReply } from "../types.ts";

/** What is kept of an update. */
export interface KeptUpdate {
  readonly number: number;
  /** Tells requests with the same key apart. */
  readonly request: string;
  readonly reply?: UpdateReply;
}

/** Under this name a workflow keeps the highest number of an update. */
export const highestNote = "updates";
/** Under these names it keeps the key of an update, and what became of it. */
export const keyNote = (number: number): string => `update ${number}`;
export const updateNote = (key: string): string => `update of ${key}`;

/**
 * The notes of some updates of a workflow, for one that goes on from the steps in which they were taken.
 *
 * @param taken their numbers, and whether they were answered in those steps
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
  // Its numbers go on above all that the other one gave.
  const notes: (readonly [string, string])[] = [[highestNote, highest]];
  for (const [number, isAnswered] of taken) {
    const key = await store.note(id, keyNote(number));
    const text = key === undefined ? undefined : await store.note(id, updateNote(key));
    // Of the oldest nothing is kept.
    if (key !== undefined && text !== undefined) {
      const { reply, ...kept } = JSON.parse(text) as KeptUpdate;
      const known = isAnswered && reply !== undefined ? { ...kept, reply } : kept;
      notes.push([keyNote(number), key], [updateNote(key), JSON.stringify(known)]);
    }
  }
  return notes;
}
