import { describe, expect, test } from "vitest";
import type { Update } from "./site.ts";
import { tally } from "./tally.ts";

const expected = { crawls: [1], updatesPerCrawl: 2 };
const first: Update = { id: 1, status: "Request", url: "http://site/", urls_left: 9 };
const second: Update = { id: 1, status: "Done", url: "last", urls_left: 9 };

function journalWithInterrupted(update: Update): Parameters<typeof tally>[1] {
  const body = Buffer.from(JSON.stringify(update)).toString("base64");
  const answer = { HTTPResponse: { Err: { Transport: { kind: "RequestInterrupted" } } } };
  const step = { call: { HTTPRequest: { body } }, answer };
  return [{ steps: [step] }] as unknown as Parameters<typeof tally>[1];
}

describe("tally", () => {
  test("counts the updates that arrived", () => {
    expect(tally([first, second], [], expected)).toEqual({
      received: 2,
      interrupted: 0,
      lost: 0,
      repeated: 0,
    });
  });

  test("counts an update as lost if it did not arrive", () => {
    expect(tally([first], [], expected)).toMatchObject({ received: 1, lost: 1 });
  });

  test("counts an update as repeated if it arrived twice", () => {
    expect(tally([first, second, second], [], expected)).toMatchObject({ repeated: 1, lost: 0 });
  });

  test("does not count an update as lost if its workflow knows that the request was interrupted", () => {
    expect(tally([first], journalWithInterrupted(second), expected)).toMatchObject({
      interrupted: 1,
      lost: 0,
    });
  });
});
