import { describe, expect, test } from "vitest";
import { intentLine, stepLine } from "../journal/journal-line.ts";
import { Replay, ReplayMismatch } from "./replay.ts";

const random = '{"Random":{"I64":0}}';
const journal = [stepLine(1, random, "first") + stepLine(1, '"TimeNow"', "second")];

describe("a replay", () => {
  test("gives each call its record, in order, and then has no more", () => {
    const replay = new Replay(journal);
    expect([replay.active, replay.steps]).toEqual([true, 0]);
    expect(replay.next(random)?.answer).toBe("first");
    expect(replay.next('"TimeNow"')?.answer).toBe("second");
    expect([replay.active, replay.steps]).toEqual([false, 2]);
    expect(replay.next('"TimeNow"')).toBeUndefined();
    expect(replay.steps).toBe(3);
  });

  test("gives what a waiting call recorded", () => {
    const record = new Replay([intentLine(1, '"Wait"', "detail")]).next('"Wait"');

    expect(record).toMatchObject({ answer: null, detail: "detail" });
  });

  test("knows whether it expects exactly this call", () => {
    const replay = new Replay(journal);

    expect(replay.expects(random)).toBe(true);
    expect(replay.expects('{"Random": {"I64":0}}')).toBe(false);
  });

  test("of nothing ends immediately", () => {
    expect(new Replay([]).active).toBe(false);
    expect(() => new Replay([]).end("the end")).not.toThrow();
  });

  test("rejects a damaged journal", () => {
    expect(() => new Replay(["S\t1\n"])).toThrow("damaged");
  });
});

describe("a call that is written differently", () => {
  const recorded = '{"HTTPRequest":{"method":"GET","config":{"limit":18446744073709551615}}}';

  test.each([
    [
      "with white space",
      '{ "HTTPRequest" : {"method":"GET","config":{"limit":18446744073709551615}}}',
    ],
    [
      "with members in another order",
      '{"HTTPRequest":{"config":{"limit":18446744073709551615},"method":"GET"}}',
    ],
    [
      "with escapes",
      '{"HTTPRequest":{"method":"\\u0047ET","config":{"limit":18446744073709551615}}}',
    ],
  ])("%s is the same call", (_what, came) => {
    expect(new Replay([stepLine(1, recorded, "a")]).next(came)?.answer).toBe("a");
  });

  test.each([
    ["a number that differs past 2^53", recorded.replace("615}", "614}")],
    ["another text", recorded.replace("GET", "PUT")],
    ["a member more", recorded.replace("{", '{"more":1,')],
    ["a text that is no JSON", "GET"],
    ["another kind", '"TimeNow"'],
  ])("with %s is a different call", (_what, came) => {
    expect(() => new Replay([stepLine(1, recorded, "a")]).next(came)).toThrow(ReplayMismatch);
  });
});

describe("a mismatch reports", () => {
  test("the step, the recorded call and the new one", () => {
    const replay = new Replay(journal);
    replay.next(random);

    expect(() => replay.next(random)).toThrow(
      `replay took another way at step 2: recorded was "TimeNow", but now came ${random}`,
    );
  });

  test("that the guest ended although its journal continues", () => {
    const replay = new Replay(journal);
    replay.next(random);

    expect(() => replay.end("the end of the workflow")).toThrow(
      'at step 2: recorded was "TimeNow", but now came the end of the workflow',
    );
  });

  test("long calls truncated", () => {
    const replay = new Replay([stepLine(1, `"${"x".repeat(10_000)}"`, "a")]);

    expect(() => replay.next('"y"')).toThrow(/x{499}… \(10002 characters\), but now came "y"$/);
  });
});
