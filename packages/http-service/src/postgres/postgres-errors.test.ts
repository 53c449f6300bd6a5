import { expect, test } from "vitest";
import { codeOf, failureOf, isLost, reasonOf } from "./postgres-errors.ts";

function serverError(code: string, severity = "ERROR"): Error {
  return Object.assign(new Error("the database's words"), { code, severity });
}

test.each([
  ["23505", "refused"],
  ["42P01", "refused"],
  ["40001", "repeatable"],
  ["40P01", "repeatable"],
  ["26000", "repeatable"],
  ["53100", "later"],
  ["57014", "later"],
  ["55P03", "later"],
  ["25006", "later"],
] as const)("%s had no effect: %s", (code, failure) => {
  expect(failureOf(serverError(code))).toBe(failure);
  expect(codeOf(serverError(code))).toBe(code);
});

test.each([
  ["a time-out of the client", new Error("Query read timeout")],
  ["a reset connection", Object.assign(new Error("read"), { code: "ECONNRESET" })],
  // As long as an SQLSTATE.
  ["a broken pipe", Object.assign(new Error("write EPIPE"), { code: "EPIPE" })],
  ["an end of the server", serverError("57P01", "FATAL")],
  ["a crash of the server", serverError("53100", "PANIC")],
  ["an end of the server, in German", serverError("57P01", "FATAL".toLowerCase())],
  [
    "a full disk, in German: it may have been the log of all transactions",
    serverError("53100", "FEHLER"),
  ],
  ["something thrown that is no error", undefined],
])(
  "nobody knows what became of a statement after %s, and its connection is not used again",
  (_what, error) => {
    expect(failureOf(error)).toBe("unknown");
    expect(isLost(error)).toBe(true);
  },
);

test("a database that speaks another language is understood by its codes", () => {
  expect(failureOf(serverError("23505", "FEHLER"))).toBe("refused");
  expect(failureOf(serverError("40001", "ERREUR"))).toBe("repeatable");
  expect(failureOf(serverError("55P03", "ОШИБКА"))).toBe("later");
  expect(isLost(serverError("23505", "FEHLER"))).toBe(false);
});

test("a connection to a standby is not used again, though it lives", () => {
  expect(isLost(serverError("25006"))).toBe(true);
  expect(isLost(serverError("53100"))).toBe(false);
});

test("what has several reasons tells all of them", () => {
  const both = new AggregateError([new Error("connect ::1"), new Error("connect 127.0.0.1")], "");
  expect(reasonOf(both)).toBe("connect ::1; connect 127.0.0.1");
  expect(reasonOf("no error")).toBe("no error");
});
