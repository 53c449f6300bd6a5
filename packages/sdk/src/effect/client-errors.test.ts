import { Effect } from "effect";
import { expect, expectTypeOf, test } from "vitest";
import { NotFoundError, type Refusal } from "../errors/index.ts";
import type {
  DeployError,
  PublishError,
  ResponseError,
  SendError,
  StartError,
  WorkerError,
} from "./client-errors.ts";

type ClientError =
  | DeployError
  | PublishError
  | ResponseError
  | SendError
  | StartError
  | WorkerError;

const refusal: Refusal = {
  url: "http://flawless.test/api",
  status: 404,
  serverCode: "MODULE_NOT_FOUND",
  serverMessage: "there is no such module",
  workflowId: null,
};

type Handlers = { readonly [E in ClientError as E["_tag"]]: (error: E) => Effect.Effect<string> };

test("each error of the clients is caught by its tag", () => {
  // A tag of type string would match all of these.
  expectTypeOf<string>().not.toExtend<ClientError["_tag"]>();
  const failing: Effect.Effect<never, ClientError> = Effect.fail(new NotFoundError(refusal));
  const caught = failing.pipe(
    Effect.catchTag("NotFoundError", (error) => {
      expectTypeOf(error).toEqualTypeOf<NotFoundError>();
      return Effect.succeed(error.serverMessage);
    }),
  );
  expectTypeOf(caught).toEqualTypeOf<Effect.Effect<string, Exclude<ClientError, NotFoundError>>>();
  // Compiles if each tag belongs to one class.
  const all = (handlers: Handlers): Effect.Effect<string> => Effect.catchTags(failing, handlers);
  expectTypeOf(all).returns.toEqualTypeOf<Effect.Effect<string>>();
  expect(Effect.runSync(caught as Effect.Effect<string>)).toBe("there is no such module");
});
