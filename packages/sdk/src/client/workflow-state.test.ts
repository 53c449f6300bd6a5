import { defineContract, type } from "@flawless-ts/wasm-module";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { clientOf } from "../testing/client-of.ts";
import { FakeServer, type FakeAnswer } from "../testing/fake-server.ts";
import { originalServer, refusal } from "../testing/server-answers.ts";

const route = "GET /api/workflows/wkf_1/state";
const published = (state: string | null): FakeAnswer => ({ json: { ok: { state } } });

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: { state: type<{ readonly step: number }>() },
    checked: { state: v.pipe(v.string(), v.transform(Number)) },
    silent: {},
  },
});

test("a workflow's state is read and converted by the contract", async () => {
  await using server = await FakeServer.start({
    [route]: [published('{"step":1}'), published('"7"'), published("18446744073709551615")],
  });
  await using flawless = clientOf(server);
  const module = flawless.module(shop);
  const state = await module.workflow("checkout", "wkf_1").state();
  expectTypeOf(state).toEqualTypeOf<{ readonly step: number } | undefined>();
  expect(state).toEqual({ step: 1 });
  expect(await module.workflow("checked", "wkf_1").state()).toBe(7);
  expect(await module.workflow("silent", "wkf_1").state()).toBe(2n ** 64n - 1n);
});

test("a state that was never published is undefined; a null state is null", async () => {
  await using server = await FakeServer.start({ [route]: [published(null), published("null")] });
  await using flawless = clientOf(server);
  expect(await flawless.workflow("wkf_1").state()).toBeUndefined();
  expect(await flawless.workflow("wkf_1").state()).toBeNull();
});

test("a state that violates the contract, or isn't JSON, is refused", async () => {
  await using server = await FakeServer.start({ [route]: [published("5"), published("{")] });
  await using flawless = clientOf(server);
  const run = flawless.module(shop).workflow("checked", "wkf_1");
  await expect(run.state()).rejects.toMatchObject({
    code: "FLAWLESS_CONTRACT_BROKEN",
    direction: "state",
    workflowId: "wkf_1",
  });
  await expect(run.state()).rejects.toMatchObject({
    code: "FLAWLESS_UNEXPECTED_ANSWER",
    message: 'Expected JSON, but the workflow "checked" (wkf_1) published "{".',
  });
});

test("a state can't be read without a workflow, or from the original server", async () => {
  await using server = await FakeServer.start({
    [route]: refusal(404, "WORKFLOW_NOT_FOUND", "none"),
  });
  await using flawless = clientOf(server);
  await expect(flawless.workflow("wkf_1").state()).rejects.toMatchObject({
    code: "FLAWLESS_NOT_FOUND",
  });
  await using original = await FakeServer.start(originalServer);
  await using other = clientOf(original);
  await expect(other.workflow("wkf_1").state()).rejects.toMatchObject({
    code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
  });
});
