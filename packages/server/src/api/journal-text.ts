import type { HistoryRange, HistoryStep, WorkflowHistoryPage } from "../engine/index.ts";

/** Between these others have their turn, and the caller takes what there is. */
const stepsAtOnce = 2_000;

type ReadPage = (range: HistoryRange) => Promise<WorkflowHistoryPage>;

/**
 * The answer to a request for a workflow's journal, in pieces of text: a journal may have a million steps. It tells of
 * the steps that there are at the beginning.
 *
 * Calls and answers are copied into it as the text they are: parsing them would round integers past 2^53, of which
 * guests (ids, random numbers, hashes) make much use. A history has them as strings that hold that text.
 *
 * @throws whatever the first page can't be read for
 */
export async function journalText(
  read: ReadPage,
  form: "journal" | "history" = "journal",
): Promise<AsyncIterable<string>> {
  const stepText = form === "journal" ? journalStep : JSON.stringify;
  return pieces(await read({ first: 1, limit: stepsAtOnce }), read, stepText);
}

async function* pieces(
  first: WorkflowHistoryPage,
  read: ReadPage,
  stepText: (step: HistoryStep) => string,
): AsyncGenerator<string> {
  const { steps, total, response: _response, failedAttempts: _attempts, ...head } = first;
  yield `{"ok":${JSON.stringify(head).slice(0, -1)},"steps":[${steps.map((step) => stepText(step)).join(",")}`;
  let known = steps.length;
  while (known < total) {
    const limit = Math.min(stepsAtOnce, total - known);
    const page = await read({ first: known + 1, limit });
    known += page.steps.length;
    yield page.steps.map((step) => `,${stepText(step)}`).join("");
  }
  yield "]}}";
}

function journalStep({ call, answer, ...rest }: HistoryStep): string {
  return `${JSON.stringify(rest).slice(0, -1)},"call":${asJson(call)},"answer":${asJson(answer ?? "null")}}`;
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
