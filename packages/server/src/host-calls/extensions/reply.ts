import { writeJson } from "@flawless-ts/wasm-module";
import type { UpdateReply, WaitingCall, WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer, ExtensionError, refusal } from "./extension-answer.ts";
import { type Members, membersOf, whole } from "./request-members.ts";

const nameCharacters = 200;
const messageCharacters = 16 * 1024;

/** Answers an update. */
export function reply(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const members = membersOf(body, "The body");
  const number = whole("message", members["message"], 1);
  const cancel = context.answerUpdate(number, readReply(members, context), (refused) => {
    context.answer(refused === undefined ? extensionAnswer(url, "{}") : refusal(url, refused));
  });
  // Nothing is recorded before the answer: after a crash the guest makes the call again.
  return { canLeaveMemory: false, cancel };
}

function readReply({ value, error }: Members, { limits }: WaitingCallContext): UpdateReply {
  if ((value === undefined) === (error === undefined)) {
    throw ExtensionError.invalid("Expected either a value or an error.");
  }
  if (error !== undefined) {
    const { name, message } = membersOf(error, "error");
    return {
      error: {
        name: text(name, nameCharacters) || "Error",
        message: text(message, messageCharacters),
      },
    };
  }
  const json = writeJson(value);
  if (json.length > limits.textCharacters) {
    throw new ExtensionError(
      413,
      "LIMIT_REACHED",
      `The answer has ${json.length} characters of JSON; the limit textCharacters allows ${limits.textCharacters}.`,
    );
  }
  return { value: json };
}

function text(value: unknown, characters: number): string {
  return typeof value === "string" ? value.slice(0, characters).toWellFormed() : "";
}
