import { describe, expect, test } from "vitest";
import { decodeHostAnswer } from "@flawless-ts/wasm-module";
import {
  abortLine,
  beginLine,
  deliveryLine,
  intentLine,
  operationLine,
  parseJournal,
  progressLine,
  resultLine,
  stepLine,
} from "./journal-line.ts";

const call = '{"Random":{"I64":0}}';
const answer = '{"Value":{"I64":-9223372036854775808}}';

describe("a journal is read as it was written:", () => {
  test("a call answered immediately, with its exact texts", () => {
    expect(parseJournal([stepLine(17.5, call, answer)])).toEqual([
      { at: 17.5, call, answer, answeredAt: 17.5, detail: null },
    ]);
  });

  test("a call that is still waiting", () => {
    expect(parseJournal([intentLine(1, '{"Sleep":{}}', "2000")])).toEqual([
      { at: 1, call: '{"Sleep":{}}', answer: null, answeredAt: null, detail: "2000" },
    ]);
  });

  test("a call that waited, over two appends", () => {
    const texts = [intentLine(1, "call", "detail"), resultLine(5, "answer")];

    expect(parseJournal(texts)).toEqual([
      { at: 1, call: "call", answer: "answer", answeredAt: 5, detail: "detail" },
    ]);
  });

  test("the empty answer that stands for the input", () => {
    expect(parseJournal([stepLine(1, '"GetInput"', "")])).toMatchObject([{ answer: "" }]);
  });

  test("many lines in one append, in order", () => {
    const text = ["a", "b", "c"].map((name, at) => stepLine(at, name, name)).join("");

    expect(parseJournal([text, ""]).map((record) => record.call)).toEqual(["a", "b", "c"]);
  });

  test("JSON with tabs and line breaks between its tokens, as different JSON with the same meaning", () => {
    const [record] = parseJournal([stepLine(1, '{\t"Log"\r\n: {"Info":"a\\tb"}}', "[\n]")]);

    expect(JSON.parse(record?.call ?? "")).toEqual({ Log: { Info: "a\tb" } });
    expect(record?.answer).toBe("[ ]");
  });

  test.each([
    ["kept with the answer", "", '{"a":1}'],
    ["that came before, and is kept once", operationLine(2, 7, '{"a":1}'), null],
  ])("an operation's result %s", (_what, noted, result) => {
    const texts = [
      beginLine(1, "begin", 7),
      progressLine(1, 7, "half"),
      noted,
      intentLine(3, "wait", "none"),
      deliveryLine(4, 7, result),
      abortLine(5, "abort", 8),
    ];

    const records = parseJournal(texts);
    expect(records.map(({ call, answeredAt }) => [call, answeredAt])).toEqual([
      ["begin", 1],
      ["wait", 4],
      ["abort", 5],
    ]);
    const bodies = records.map(({ answer }) => {
      const decoded = decodeHostAnswer(answer ?? "");
      const isOk = decoded.kind === "HTTPResponse" && decoded.result.kind === "Ok";
      return isOk ? Buffer.from(decoded.result.response.body, "base64").toString() : decoded;
    });
    expect(bodies).toEqual(["{}", '{"operation":7,"result":{"a":1}}', "{}"]);
  });

  test("nothing", () => {
    expect(parseJournal([])).toEqual([]);
  });
});

describe("a damaged journal is refused:", () => {
  const step = stepLine(1, "call", "answer");
  const intent = intentLine(1, "call", "detail");
  test.each([
    ["a line without end", "S\t1\tcall\tanswer"],
    ["an unknown kind of line", "X\t1\tcall\tanswer\n"],
    ["an empty line", "\n"],
    ["a time that is no number", "S\tnow\tcall\tanswer\n"],
    ["a step without answer", "S\t1\tcall\n"],
    ["a step with a field too many", "S\t1\tcall\tanswer\tmore\n"],
    ["an answer without call", resultLine(1, "answer")],
    ["an answer to what was answered", step + resultLine(2, "answer")],
    ["a step while a call waits", intent + step],
    ["an operation's result that is nowhere", intent + deliveryLine(2, 7, null)],
    ["a delivery without call", deliveryLine(2, 7, "{}")],
    ["an operation that begins while a call waits", intent + beginLine(2, "call", 7)],
    ["a second intent while a call waits", intent + intent],
    ["zeros, as after a power cut", "\0\0\0\0\n"],
  ])("a journal with %s is refused", (_what, text) => {
    expect(() => parseJournal([text])).toThrow("the journal is damaged: it holds the line");
  });

  test("with a message that quotes the wrong line, shortened", () => {
    expect(() => parseJournal([step, `S\t1\t${"x".repeat(1_000)}\n`])).toThrow(
      /S\\t1\\tx{190,200}"$/,
    );
  });
});
