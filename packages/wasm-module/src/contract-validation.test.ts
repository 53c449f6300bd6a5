import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, test } from "vitest";
import {
  inputToSend,
  messageToSend,
  validateInput,
  updateToSend,
  validateMessage,
  validateReply,
  validateResponse,
  validateState,
} from "./contract-validation.ts";
import { defineModule, defineWorkflow } from "./authoring/define-module.ts";
import { defineContract, type } from "./contract.ts";

/** Converts text to a number, asynchronously: a schema whose output differs from its input. */
const numberText: StandardSchemaV1<string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      const number = Number(value);
      return Number.isNaN(number) ? { issues: [{ message: "not a number" }] } : { value: number };
    },
  },
};

const deepIssues: StandardSchemaV1<object> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: () => ({
      issues: [
        { message: "too long", path: ["items", 0, { key: "sku" }] },
        { message: "unknown", path: ["a b", Symbol("s")] },
      ],
    }),
  },
};

const throwing: StandardSchemaV1<string> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: () => {
      throw new TypeError("broken schema");
    },
  },
};

const contract = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    convert: { input: numberText, response: numberText, messages: { add: numberText } },
    deep: { input: deepIssues },
    throwing: { input: throwing },
    silent: {},
    free: { input: type<{ id: number }>() },
    cart: {
      updates: { add: { input: numberText, output: numberText }, clear: {} },
      state: numberText,
    },
  },
});

describe("validateInput", () => {
  test("returns the schema's output, also of an asynchronous schema", async () => {
    expect(await validateInput(contract, "convert", "42")).toBe(42);
    expect(await validateInput(contract, "free", { id: 1 })).toEqual({ id: 1 });
  });

  test("shows workflow, direction and each issue's path", async () => {
    await expect(validateInput(contract, "deep", {})).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      _tag: "ContractError",
      contract: "shop 1.0.0",
      workflow: "deep",
      direction: "input",
      issues: [
        { path: "$.items[0].sku", message: "too long" },
        { path: '$["a b"][Symbol(s)]', message: "unknown" },
      ],
      message:
        'The input of the workflow "deep" does not keep to the contract shop 1.0.0: ' +
        '$.items[0].sku: too long; $["a b"][Symbol(s)]: unknown',
    });
  });

  test("a workflow without input takes undefined and null, sent as null, and nothing else", async () => {
    expect(await validateInput(contract, "silent", undefined)).toBeNull();
    expect(await validateInput(contract, "silent", null)).toBeNull();
    await expect(validateInput(contract, "silent", [1] as unknown as null)).rejects.toThrow(
      "expected no input, but got an array",
    );
  });

  test("refuses workflows that aren't in the contract, including names of Object.prototype", async () => {
    await expect(validateInput(contract, "toString" as "silent", null)).rejects.toThrow(
      'no such workflow, expected "convert" or "deep"',
    );
  });

  test("keeps what a schema throws as the cause", async () => {
    await expect(validateInput(contract, "throwing", "x")).rejects.toMatchObject({
      message: expect.stringContaining("the schema threw: broken schema"),
      cause: expect.any(TypeError),
    });
  });
});

describe("validateResponse", () => {
  test("returns the schema's output", async () => {
    expect(await validateResponse(contract, "convert", "7")).toBe(7);
  });

  test("a workflow without response returns null, whatever came", async () => {
    expect(await validateResponse(contract, "silent", { a: 1 })).toBeNull();
  });

  test("the error for a bad response has the workflow's id", async () => {
    await expect(validateResponse(contract, "convert", "seven", "wkf_1")).rejects.toMatchObject({
      direction: "response",
      workflowId: "wkf_1",
      message: expect.stringContaining('The response of the workflow "convert" (wkf_1) does not'),
    });
  });
});

describe("validateMessage", () => {
  test("returns the schema's output", async () => {
    expect(await validateMessage(contract, "convert", "add", "5")).toBe(5);
  });

  test("shows message type and workflow", async () => {
    await expect(
      validateMessage(contract, "convert", "add", "five", "wkf_2"),
    ).rejects.toMatchObject({
      direction: "message",
      messageType: "add",
      workflowId: "wkf_2",
      message: expect.stringContaining('The message "add" of the workflow "convert" (wkf_2)'),
    });
  });

  test("refuses message types that the workflow doesn't have", async () => {
    await expect(validateMessage(contract, "convert", "valueOf" as "add", "5")).rejects.toThrow(
      'no such message type, expected "add"',
    );
    await expect(
      validateMessage(contract, "silent", "add" as never, undefined as never),
    ).rejects.toThrow("expected none at all");
  });
});

describe("what is sent", () => {
  const convert = { input: numberText, response: numberText, messages: { add: numberText } };

  test("is the output of a contract's schemas, which the workflow doesn't know", async () => {
    expect(await inputToSend(contract, "convert", "42")).toBe(42);
    expect(await messageToSend(contract, "convert", "add", "42")).toBe(42);
  });

  test("is the original value if the workflow converts it itself", async () => {
    const run = async (): Promise<string> => "1";
    const module = defineModule({
      name: "shop",
      version: "1.0.0",
      workflows: { convert: defineWorkflow({ ...convert, run }) },
    });
    expect(await inputToSend(module, "convert", "42")).toBe("42");
    expect(await messageToSend(module, "convert", "add", "42")).toBe("42");
    await expect(inputToSend(module, "convert", "x")).rejects.toMatchObject({ direction: "input" });
    await expect(messageToSend(module, "convert", "add", "x")).rejects.toMatchObject({
      direction: "message",
    });
  });
});

describe("a response that is null", () => {
  /** Accepts only one of the two; asynchronously if `later`. */
  const only = (taken: null | undefined, later = false): StandardSchemaV1<unknown> => {
    const validate = (value: unknown): StandardSchemaV1.Result<unknown> =>
      value === taken ? { value } : { issues: [{ message: `not ${String(taken)}` }] };
    const standard = { version: 1, vendor: "test" } as const;
    return {
      "~standard": { ...standard, validate: later ? async (value) => validate(value) : validate },
    };
  };
  const respond = (response: StandardSchemaV1<unknown>, value: unknown): Promise<unknown> =>
    validateResponse(
      defineContract({ name: "a", version: "1", workflows: { w: { response } } }),
      "w",
      value,
    );

  test.each([false, true])(
    "is undefined if the schema doesn't accept null; later: %s",
    async (later) => {
      expect(await respond(only(undefined, later), null)).toBeUndefined();
      expect(await respond(only(null, later), null)).toBeNull();
      await expect(respond(only(undefined, later), 5)).rejects.toThrow("not undefined");
      await expect(respond(deepIssues, null)).rejects.toThrow("too long");
    },
  );
});

describe("updates and state", () => {
  test("an update is checked before it is sent, and its answer when it arrives", async () => {
    expect(await updateToSend(contract, "cart", "add", "5")).toBe(5);
    expect(await validateReply(contract, "cart", "add", "6")).toBe(6);
    await expect(updateToSend(contract, "cart", "add", "x", "wkf_1")).rejects.toMatchObject({
      direction: "update",
      messageType: "add",
      workflowId: "wkf_1",
      message: expect.stringMatching(/^The update "add" of the workflow "cart" \(wkf_1\)/),
    });
    await expect(validateReply(contract, "cart", "add", "x")).rejects.toMatchObject({
      direction: "reply",
      message: expect.stringMatching(/^The reply to the update "add" of the workflow "cart"/),
    });
  });

  test("one without schemas takes nothing, and returns null", async () => {
    expect(await updateToSend(contract, "cart", "clear", undefined)).toBeNull();
    expect(await validateReply(contract, "cart", "clear", { ignored: true })).toBeNull();
    await expect(updateToSend(contract, "cart", "clear", 1 as never)).rejects.toThrow(
      "expected no data, but got a value of type number",
    );
  });

  test("one that is not in the contract is refused", async () => {
    await expect(updateToSend(contract, "cart", "sub" as never, null as never)).rejects.toThrow(
      'no such update, expected "add" or "clear"',
    );
    await expect(updateToSend(contract, "silent", "add" as never, null as never)).rejects.toThrow(
      "no such update, expected none at all",
    );
  });

  test("a state is its schema's output, or anything without a schema", async () => {
    expect(await validateState(contract, "cart", "7")).toBe(7);
    expect(await validateState(contract, "silent", { step: 1 })).toEqual({ step: 1 });
    await expect(validateState(contract, "cart", "x")).rejects.toMatchObject({
      direction: "state",
      message: expect.stringMatching(/^The state of the workflow "cart"/),
    });
  });

  test("their schemas are checked, and names must be unique", () => {
    const bad = { parse: () => 1 } as unknown as StandardSchemaV1;
    expect(() =>
      defineContract({
        name: "a",
        version: "1",
        workflows: {
          w: {
            messages: { twice: type<number>() },
            updates: { twice: {}, odd: { input: bad, output: bad } },
            state: bad,
          },
        },
      } as never),
    ).toThrow(
      /\$\.workflows\.w\.updates\.twice: there is a message of the same type.*w\.state: expected a Standard.*updates\.odd\.input: .*updates\.odd\.output: /,
    );
  });
});
