import { decodeHostCall, encodeHostAnswer, encodeHostCall } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { intentLine, stepLine } from "../../journal/journal-line.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { toHistory } from "./history.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

const secretStep = (value: string | null): string =>
  stepLine(
    1,
    encodeHostCall({ kind: "GetSecret", name: "TOKEN" }),
    encodeHostAnswer({ kind: "Secret", value }),
  );

const request = (
  body: Uint8Array | string,
  header: string,
  ...more: readonly (readonly [string, string])[]
): string =>
  encodeHostCall({
    kind: "HTTPRequest",
    request: {
      config: { idempotent: false, timeout: { secs: 1n, nanos: 0 }, responseBodyLimit: 9n },
      method: "POST",
      url: "http://site/",
      headers: [["authorization", header], ...more],
      body: Buffer.from(body).toString("base64"),
    },
  });

const response = (body: string): string =>
  encodeHostAnswer({
    kind: "HTTPResponse",
    result: {
      kind: "Ok",
      response: {
        statusCode: 200,
        url: "http://site/",
        headers: [],
        body: Buffer.from(body).toString("base64"),
      },
    },
  });

function bodyOf(call: string | undefined): Buffer {
  const decoded = decodeHostCall(call ?? "");
  return Buffer.from(decoded.kind === "HTTPRequest" ? decoded.request.body : "", "base64");
}

test("a history contains steps from 1 on, times in ISO 8601, and what still waits", () => {
  const workflow = storedWorkflow(62, { input: '{"n":1}', workflow: "w" });
  const lines = [stepLine(0, '"GetInput"', ""), intentLine(1_500, '{"Sleep":{}}', "9000")];

  expect(toHistory(workflow, lines)).toEqual({
    id: toPublicId(62),
    module: "conformance",
    version: "1.0.0",
    moduleHash: workflow.moduleHash,
    workflow: "w",
    run: 1,
    input: '{"n":1}',
    status: "running",
    error: null,
    steps: [
      {
        step: 1,
        at: "1970-01-01T00:00:00.000Z",
        answeredAt: "1970-01-01T00:00:00.000Z",
        call: '"GetInput"',
        answer: '{"String":"{\\"n\\":1}"}',
      },
      {
        step: 2,
        at: "1970-01-01T00:00:01.500Z",
        answeredAt: null,
        call: '{"Sleep":{}}',
        answer: null,
      },
    ],
  });
});

describe("a secret that the workflow read is hidden", () => {
  const secret = 'p"ss\\wörd';

  test("at the point where it was read", () => {
    const [step] = toHistory(storedWorkflow(1), [secretStep(secret)]).steps;

    expect(step?.answer).toBe('{"Secret":"[secret]"}');
    expect(step?.call).toBe('{"GetSecret":"TOKEN"}');
  });

  test("in later calls, also in a JSON text within the JSON", () => {
    const calls = [
      encodeHostCall({ kind: "Log", level: "Info", message: `got ${secret}!` }),
      encodeHostCall({ kind: "SendResponse", json: JSON.stringify({ token: secret }) }),
    ];
    const lines = [secretStep(secret), ...calls.map((call) => stepLine(2, call, '"Unit"'))];
    const { steps } = toHistory(storedWorkflow(1), lines);

    expect(steps.slice(1).map(({ call }) => call)).toEqual([
      '{"Log":{"Info":"got [secret]!"}}',
      '{"SendResponse":"{\\"token\\":\\"[secret]\\"}"}',
    ]);
  });

  test("in a request's headers and body, other bytes untouched", () => {
    const body = Buffer.concat([Buffer.from([0, 255]), Buffer.from(secret), Buffer.from([254])]);
    const lines = [
      secretStep(secret),
      stepLine(2, request(body, `Bearer ${secret}`), response("")),
    ];
    const { steps } = toHistory(storedWorkflow(1), lines);

    expect(steps[1]?.call).toContain('["authorization","Bearer [secret]"]');
    expect(bodyOf(steps[1]?.call)).toEqual(
      Buffer.concat([Buffer.from([0, 255]), Buffer.from("[secret]"), Buffer.from([254])]),
    );
  });

  test("in JSON in a body", () => {
    const lines = [
      secretStep(secret),
      stepLine(2, request(JSON.stringify({ secret }), ""), response("")),
    ];

    expect(bodyOf(toHistory(storedWorkflow(1), lines).steps[1]?.call).toString()).toBe(
      '{"secret":"[secret]"}',
    );
  });

  test("in the input and its step, and in the failure's message", () => {
    const workflow = storedWorkflow(1, {
      input: JSON.stringify({ secret }),
      status: "failed",
      failure: { code: "PANIC", message: `no access with ${secret}` },
    });
    const history = toHistory(workflow, [stepLine(0, '"GetInput"', ""), secretStep(secret)]);

    expect(history.input).toBe('{"secret":"[secret]"}');
    expect(history.steps[0]?.answer).toBe('{"String":"{\\"secret\\":\\"[secret]\\"}"}');
    expect(history.error).toEqual({ code: "PANIC", message: "no access with [secret]" });
  });

  test("in a response that echoes it", () => {
    const lines = [
      secretStep(secret),
      stepLine(2, request("", ""), response(`you sent ${secret}`)),
    ];
    const { steps } = toHistory(storedWorkflow(1), lines);
    const hidden = Buffer.from("you sent [secret]").toString("base64");

    expect(steps[1]?.answer).toContain(`"body":"${hidden}"`);
  });

  test("when one secret is the beginning of another", () => {
    const log = encodeHostCall({ kind: "Log", level: "Info", message: "abc abcdef" });
    const lines = [secretStep("abc"), secretStep("abcdef"), stepLine(2, log, '"Unit"')];
    const { steps } = toHistory(storedWorkflow(1), lines);

    expect(steps[1]?.answer).toBe('{"Secret":"[secret]"}');
    expect(steps[2]?.call).toBe('{"Log":{"Info":"[secret] [secret]"}}');
  });
});

describe("nothing is hidden", () => {
  const log = stepLine(
    2,
    encodeHostCall({ kind: "Log", level: "Info", message: "null" }),
    '"Unit"',
  );

  test.each([
    ["for a secret that is not there", null],
    ["for an empty secret", ""],
  ])("nothing is hidden %s", (_what, value) => {
    const { steps } = toHistory(storedWorkflow(1), [secretStep(value), log]);

    expect(steps[0]?.answer).toBe(value === null ? '{"Secret":null}' : '{"Secret":""}');
    expect(steps[1]?.call).toBe('{"Log":{"Info":"null"}}');
  });

  test("in a request whose body does not contain it", () => {
    const call = request("no secret here", "Bearer");
    const { steps } = toHistory(storedWorkflow(1), [
      secretStep("s3cret"),
      stepLine(2, call, response("")),
    ]);

    expect(steps[1]?.call).toBe(call);
  });
});

test("an input that looks like a host call is shown unchanged", () => {
  const input = '{"HTTPRequest":1}';

  expect(toHistory(storedWorkflow(1, { input }), [secretStep("s3cret")]).input).toBe(input);
});

test("a short secret damages neither numbers nor keys of the JSON around it", () => {
  const sleep = '{"Sleep":{"secs":5,"nanos":55}}';
  const { steps } = toHistory(storedWorkflow(1), [secretStep("5"), stepLine(2, sleep, '"Unit"')]);

  expect(steps.map(({ call }) => call)).toContain(sleep);
  expect(steps[0]?.answer).toBe('{"Secret":"[secret]"}');
});

test("the length of a body is that of what is shown of it, so that a replay of it matches", () => {
  const secret = "a secret of some length";
  const call = request(secret, "none", ["Content-Length", String(secret.length)], ["x-n", "23"]);
  const { steps } = toHistory(storedWorkflow(1), [
    secretStep(secret),
    stepLine(2, call, response("")),
  ]);

  expect(bodyOf(steps[1]?.call).toString()).toBe("[secret]");
  expect(steps[1]?.call).toContain('["Content-Length","8"],["x-n","23"]');
});

test("a damaged journal is not shown as if it were whole", () => {
  expect(() => toHistory(storedWorkflow(1), ["S\t1\n"])).toThrow("damaged");
});
