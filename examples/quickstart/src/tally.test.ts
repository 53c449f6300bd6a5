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
  test("counts what arrived", () => {
    expect(tally([first, second], [], expected)).toEqual({
      received: 2,
      interrupted: 0,
      lost: 0,
      repeated: 0,
    });
  });

  test("calls an update lost that did not arrive", () => {
    expect(tally([first], [], expected)).toMatchObject({ received: 1, lost: 1 });
  });

  test("calls an update repeated that arrived twice", () => {
    expect(tally([first, second, second], [], expected)).toMatchObject({ repeated: 1, lost: 0 });
  });

  test("does not call an update lost whose workflow knows that it was interrupted", () => {
    expect(tally([first], journalWithInterrupted(second), expected)).toMatchObject({
      interrupted: 1,
      lost: 0,
    });
  });
});
