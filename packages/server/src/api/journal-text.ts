import type { WorkflowHistory } from "../engine/types.ts";

const chunkLength = 64 * 1024;

/**
 * The answer to a request for a workflow's journal, in pieces of text.
 *
 * Calls and answers are copied into it as the text they are: parsing them would round integers past 2^53, of which
 * guests (ids, random numbers, hashes) make much use.
 */
export function* journalText(history: WorkflowHistory): Generator<string> {
  const { steps, ...head } = history;
  let chunk = `{"ok":${JSON.stringify(head).slice(0, -1)},"steps":[`;
  for (const [index, step] of steps.entries()) {
    const { call, answer, ...rest } = step;
    const separator = index === 0 ? "" : ",";
    chunk += `${separator}${JSON.stringify(rest).slice(0, -1)},"call":${asJson(call)},"answer":${asJson(answer ?? "null")}}`;
    if (chunk.length > chunkLength) {
      yield chunk;
      chunk = "";
    }
  }
  yield `${chunk}]}}`;
}

/** What is no JSON after all is shown as text rather than breaking the whole answer. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
