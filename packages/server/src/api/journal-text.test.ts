import { describe, expect, test } from "vitest";
import type { HistoryStep } from "../engine/index.ts";
import { exampleHistory, pagesOf } from "../testing/fake-engine.ts";
import { journalText } from "./journal-text.ts";

const at = "2026-01-02T03:04:05.000Z";

function steps(count: number, call = '"TimeNow"'): HistoryStep[] {
  return Array.from({ length: count }, (_, index) => ({
    step: index + 1,
    at,
    answeredAt: null,
    call,
    answer: null,
  }));
}

/** The whole text, and how many steps were read at once for it. */
async function read(
  journal: readonly HistoryStep[],
  stepsOnPage: number = Infinity,
): Promise<{ readonly text: string; readonly most: number }> {
  const readPage = pagesOf(journal);
  let most = 0;
  const pieces = await journalText(async (range) => {
    const page = await readPage("wkf_1", { ...range, limit: Math.min(range.limit, stepsOnPage) });
    most = Math.max(most, page.steps.length);
    return page;
  });
  let text = "";
  for await (const piece of pieces) {
    text += piece;
  }
  return { text, most };
}

describe("the text of a journal", () => {
  test.each([0, 1, 1_999, 2_000, 2_001, 4_700])("of %d steps has each once", async (count) => {
    const { text, most } = await read(steps(count));
    const { steps: _steps, ...head } = exampleHistory;

    expect(JSON.parse(text)).toEqual({
      ok: {
        ...head,
        steps: steps(count).map((step) => ({ ...step, call: "TimeNow" })),
      },
    });
    expect(most).toBeLessThanOrEqual(2_000);
  });

  test("has each step once if pages are shorter than requested", async () => {
    const { text } = await read(steps(50), 7);
    const { ok } = JSON.parse(text) as { readonly ok: { readonly steps: HistoryStep[] } };
    expect(ok.steps.map(({ step }) => step)).toEqual(steps(50).map(({ step }) => step));
  });

  test("keeps every digit of integers, and shows invalid JSON as text", async () => {
    const { text } = await read([
      ...steps(1, '{"id":18446744073709551615}'),
      ...steps(1, "half {"),
    ]);

    expect(text).toContain('"call":{"id":18446744073709551615}');
    expect(text).toContain('"call":"half {"');
  });

  test("is refused as a whole if its first page can't be read", async () => {
    await expect(
      journalText(async () => {
        throw new Error("no such workflow");
      }),
    ).rejects.toThrow("no such workflow");
  });
});
