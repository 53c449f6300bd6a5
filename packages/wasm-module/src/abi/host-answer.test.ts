import { expectTypeOf, test } from "vitest";
import type {
  HostAnswerOf,
  HostAnswerTo,
  MessageAnswer,
  TimeoutAnswer,
  UnitAnswer,
  ValueAnswer,
} from "./host-answer.ts";
import type { HostCallOf, SleepCall } from "./host-call.ts";

test("the types of calls and answers can be selected by kind", () => {
  expectTypeOf<HostCallOf<"Sleep">>().toEqualTypeOf<SleepCall>();
  expectTypeOf<HostAnswerOf<"Value">>().toEqualTypeOf<ValueAnswer>();
});

test("each kind of call has the answers that the guest's crate accepts", () => {
  expectTypeOf<HostAnswerTo<"Sleep">>().toEqualTypeOf<UnitAnswer>();
  expectTypeOf<HostAnswerTo<"StartWorkflow">>().toEqualTypeOf<ValueAnswer>();
  expectTypeOf<HostAnswerTo<"RecvMessage">>().toEqualTypeOf<MessageAnswer | TimeoutAnswer>();
});
