import { describe, expect, test } from "vitest";
import {
  beginLine,
  intentLine,
  progressLine,
  resultLine,
  stepLine,
} from "../../journal/journal-line.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { toHistoryPage } from "./history.ts";
import { JournalIndex } from "./journal-index.ts";
import type { WorkflowHistoryPage } from "../types.ts";

/** A journal that counts how many of its appends were read. */
class CountedLines implements Pick<WorkflowStore, "lines"> {
  readonly texts: string[];
  read = 0;

  constructor(texts: readonly string[]) {
    this.texts = [...texts];
  }

  async lines(_id: number, { from, count } = { from: 0, count: Infinity }): Promise<string[]> {
    const texts = this.texts.slice(from, from + count);
    this.read += texts.length;
    return texts;
  }
}

function step(at: number): string {
  return stepLine(at, '"TimeNow"', `{"Time":${at}}`);
}

function index(texts: readonly string[]): JournalIndex {
  return new JournalIndex(new CountedLines(texts), 7);
}

/** The times of steps, by which tests tell them apart, and those of their answers. */
async function times(
  journal: JournalIndex,
  first: number | null,
  limit: number,
): Promise<readonly string[]> {
  const { records } = await journal.read({ first, limit });
  return records.map(({ at, answeredAt }) => `${at} ${answeredAt}`);
}

describe("some steps of a journal", () => {
  const forms: readonly (readonly [string, readonly string[]])[] = [
    ["one append", [[1, 2, 3, 4, 5].map(step).join("")]],
    ["an append for each", [1, 2, 3, 4, 5].map(step)],
    ["some appends", [step(1), step(2) + step(3) + step(4), "", step(5)]],
  ];

  test.each(forms)("of %s", async (_name, texts) => {
    const journal = index(texts);
    expect(await times(journal, 2, 3)).toEqual(["2 2", "3 3", "4 4"]);
    expect(await times(journal, 5, 3)).toEqual(["5 5"]);
    expect(await times(journal, 6, 3)).toEqual([]);
    expect(await times(journal, null, 2)).toEqual(["4 4", "5 5"]);
    expect(await times(journal, null, 10)).toHaveLength(5);
    expect(await journal.read({ first: 2, limit: 1 })).toMatchObject({ before: 1, total: 5 });
  });

  test("have their answers, which may be in the append after theirs", async () => {
    const call = (at: number): string => intentLine(at, '{"Sleep":{"secs":1,"nanos":0}}', "");
    const answer = (at: number): string => resultLine(at, '"Unit"');
    const journal = index([
      step(1) + call(2),
      answer(20),
      call(3),
      answer(30) + step(4) + call(5),
      answer(50) + call(6),
    ]);
    for (let first = 1; first <= 6; first += 1) {
      const wanted = ["1 1", "2 20", "3 30", "4 4", "5 50", "6 null"].slice(first - 1, first + 1);
      expect(await times(journal, first, 2)).toEqual(wanted);
    }
  });

  test("of an empty journal are none", async () => {
    expect(await index([]).read({ first: null, limit: 3 })).toMatchObject({
      records: [],
      before: 0,
      total: 0,
    });
  });

  test("are read without the others, which are scanned once", async () => {
    const lines = new CountedLines(Array.from({ length: 1_000 }, (_, at) => step(at)));
    const journal = new JournalIndex(lines, 7);
    await journal.read({ first: null, limit: 10 });
    lines.read = 0;
    lines.texts.push(step(1_000));

    expect(await times(journal, null, 2)).toEqual(["999 999", "1000 1000"]);
    expect(await times(journal, 500, 1)).toEqual(["499 499"]);
    expect(lines.read).toBeLessThan(10);
  });

  describe("that are large together", () => {
    /** Calls of a million characters each. */
    const large = (at: number): string => stepLine(at, `{"Log":{"Info":"${"x".repeat(1e6)}"}}`, "");
    const texts = Array.from({ length: 25 }, (_, at) => large(at));

    test("come in several pages, without gaps", async () => {
      const journal = index(texts);
      const seen: number[] = [];
      while (seen.length < texts.length) {
        const { records } = await journal.read({ first: seen.length + 1, limit: 100 });
        expect(records.length).toBeGreaterThan(0);
        expect(records.length).toBeLessThan(7);
        seen.push(...records.map(({ at }) => at));
      }
      expect(seen).toEqual(texts.map((_, at) => at));
    });

    test("are fewer at the end too, and no more are read for them", async () => {
      const lines = new CountedLines(texts);
      const journal = new JournalIndex(lines, 7);
      await journal.read({ first: 1, limit: 1 });
      lines.read = 0;
      const { records, before, total } = await journal.read({ first: null, limit: 100 });
      expect(records.map(({ at }) => at)).toEqual([21, 22, 23, 24]);
      expect([before, total]).toEqual([21, 25]);
      expect(lines.read).toBeLessThan(7);
    });

    test("are a single step if it is larger than a page", async () => {
      const huge = stepLine(1, `{"Log":{"Info":"${"x".repeat(9e6)}"}}`, "");
      const journal = index([step(0), huge, step(2)]);
      expect(await times(journal, 2, 9)).toEqual(["1 1"]);
      expect(await times(journal, null, 9)).toEqual(["2 2"]);
      expect(await times(journal, 1, 9)).toEqual(["0 0", "1 1"]);
    });
  });

  test("come from a journal that is read several times at once", async () => {
    const journal = index(Array.from({ length: 500 }, (_, at) => step(at)));
    const parts = await Promise.all([1, 200, 499].map((first) => times(journal, first, 1)));
    expect(parts).toEqual([["0 0"], ["199 199"], ["498 498"]]);
  });

  test.each([
    "S\t1",
    "X\t1\ta\tb\n",
    "S",
    "text\n",
    "S\t1\ta\n",
    "S\tx\ta\tb\n",
    // An answer without a call, and a call before the answer to the last one.
    "R\t1\ta\n",
    "I\t1\ta\t\nS\t1\ta\tb\n",
  ])("are refused where %j is elsewhere in it", async (text) => {
    const journal = index([step(1), text]);
    await expect(journal.read({ first: 1, limit: 1 })).rejects.toThrow("damaged");
    await expect(journal.read({ first: 1, limit: 1 })).rejects.toThrow("damaged");
  });
});

test("secrets that were read on another page are hidden, in the response too", async () => {
  const workflow = storedWorkflow(7, { response: '"hunter2"' });
  const log = stepLine(2, '{"Log":{"Info":"hunter2"}}', '"Unit"');
  const page = async (texts: readonly string[]): Promise<WorkflowHistoryPage> =>
    toHistoryPage(workflow, await index(texts).read({ first: 2, limit: 1 }));
  const secret = stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":"hunter2"}');
  for (const texts of [[secret, log], [secret + log]]) {
    const { response, steps } = await page(texts);
    expect([response, steps.length, steps[0]?.step, steps[0]?.call]).toEqual([
      '"[secret]"',
      1,
      2,
      '{"Log":{"Info":"[secret]"}}',
    ]);
  }
});

test("attempts of activities that failed are listed, with their step or their operation", async () => {
  const failed = (message: string): string =>
    JSON.stringify({
      kind: "failed",
      attempts: 1,
      nextAt: 3_000,
      fault: { code: "FAILED", name: "Busy", message },
      details: null,
    });
  const call = '"TimeNow"';
  const texts = [
    stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":"hunter2"}') + beginLine(2, call, 4),
    intentLine(3, call, "") + progressLine(1_000, 4, failed("later")),
    progressLine(2_000, 0, failed("hunter2")) + progressLine(2_000, 0, '{"kind":"handed-out"}'),
  ];
  const page = toHistoryPage(storedWorkflow(7), await index(texts).read({ first: 1, limit: 10 }));
  const nextAt = "1970-01-01T00:00:03.000Z";
  expect(page.failedAttempts).toEqual([
    { operation: 4, step: null, at: "1970-01-01T00:00:01.000Z", nextAt, error: "Busy: later" },
    { operation: 0, step: 3, at: "1970-01-01T00:00:02.000Z", nextAt, error: "Busy: [secret]" },
  ]);
});
