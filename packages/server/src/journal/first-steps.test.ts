import { expect, test } from "vitest";
import {
  beginLine,
  deliveryLine,
  intentLine,
  operationLine,
  progressLine,
  resultLine,
  stepLine,
} from "./journal-line.ts";
import { begunAnew, splitJournal } from "./first-steps.ts";

const step = (number: number): string => stepLine(number, `{"Log":{"Info":"${number}"}}`, '"Unit"');
const intent = intentLine(3, '{"Sleep":{}}', "9");
const result = resultLine(9, '"Unit"');
const begin = (at: number, operation: number): string =>
  beginLine(at, '{"HTTPRequest":{"url":"flawless:v1/begin"}}', operation);

test.each([
  [0, [], [step(1) + step(2), intent, result + step(4)]],
  [1, [step(1)], [step(2), intent, result + step(4)]],
  [2, [step(1) + step(2)], [intent, result + step(4)]],
  [3, [step(1) + step(2), intent, result], [step(4)]],
  [4, [step(1) + step(2), intent, result + step(4)], []],
])("a journal is split after the answer to step %d", (steps, first, rest) => {
  const texts = [step(1) + step(2), intent, result + step(4)];
  expect(splitJournal(texts, steps)).toEqual({ first, rest });
});

test("a step without an answer does not count", () => {
  expect(splitJournal([step(1), intent], 2)).toBe(1);
  expect(splitJournal([], 1)).toBe(0);
  expect(splitJournal([begin(1, 1), operationLine(2, 1, "{}")], 2)).toBe(1);
});

test("operations without a result get another start time, unless they must not be repeated", () => {
  const texts = [
    begin(1, 1) + begin(2, 2) + progressLine(3, 1, "tried") + begin(4, 3),
    operationLine(5, 3, "{}") + begin(6, 4) + intentLine(7, "{}", "") + deliveryLine(8, 4, "{}"),
    progressLine(9, 2, "over") + progressLine(9, 1, "tried") + operationLine(10, 1, "{}"),
  ];
  const split = splitJournal(texts, 5);
  const anew = begunAnew(split as never, 77, (progress) => progress === "over");

  expect(anew).toEqual([
    begin(77, 1) + begin(77, 2) + begin(4, 3),
    operationLine(5, 3, "{}") + begin(6, 4) + intentLine(7, "{}", "") + deliveryLine(8, 4, "{}"),
    progressLine(9, 2, "over"),
  ]);
});

test("a journal without operations is unchanged", () => {
  const first = [step(1), intent + result];
  expect(begunAnew({ first, rest: [step(2)] }, 77, () => true)).toBe(first);
});
