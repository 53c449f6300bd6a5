import type { HistoryRange, HistoryStep, WorkflowHistoryPage } from "../engine/index.ts";

/** Between pages, other work gets its turn, and the caller consumes the text. */
const stepsAtOnce = 2_000;

type ReadPage = (range: HistoryRange) => Promise<WorkflowHistoryPage>;

/**
 * The response to a request for a workflow's journal, in pieces, because a journal may have a million steps. It contains the
 * steps that exist at the beginning.
 *
 * Calls and answers are copied as text: parsing them would round integers beyond 2^53, which guests often use (ids, random
 * numbers, hashes). A history contains that text in strings.
 *
 * @throws any error that occurs while the first page is read
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

/** Invalid JSON is shown as text, so that it doesn't break the whole response. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
