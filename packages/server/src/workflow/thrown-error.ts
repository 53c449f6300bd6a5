import type { ThrownError } from "@flawless-ts/sdk";
import type { WorkflowFailure } from "./workflow-failure.ts";

const nameCharacters = 200;
const messageCharacters = 16 * 1024;
const stackCharacters = 16 * 1024;
/** The max depth to which causes of causes, and errors of errors, are followed. */
const maxDepth = 10;
/** The max number of errors that are stored in total. */
const maxErrors = 20;
/** Max characters of all of them together. */
const maxCharacters = 64 * 1024;

/** What may still be stored. */
interface Room {
  errors: number;
  characters: number;
}

/** A guest's error, truncated to the max size that is stored. Whatever is missing or of another type is omitted. */
export function boundedError(told: object): ThrownError {
  return bounded(told, maxDepth, { errors: maxErrors, characters: maxCharacters });
}

/** The first line of an error as it is displayed. */
export function headOf({ name, message }: ThrownError): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** A failure with `change` applied to each of its texts. */
export function changeTexts<Failure extends WorkflowFailure>(
  failure: Failure,
  change: (text: string) => string,
): Failure {
  const { thrown } = failure;
  const message = change(failure.message);
  return thrown === undefined
    ? { ...failure, message }
    : { ...failure, message, thrown: changeThrown(thrown, change) };
}

/** The number of characters of a failure. */
export function charactersOf({ message, thrown }: WorkflowFailure): number {
  return message.length + (thrown === undefined ? 0 : thrownCharacters(thrown));
}

function bounded(told: object, depth: number, room: Room): ThrownError {
  const { name, message, stack, cause, errors } = told as Readonly<Record<string, unknown>>;
  room.errors -= 1;
  const mayHold = (value: unknown): value is object =>
    depth > 1 && room.errors > 0 && typeof value === "object" && value !== null;
  const own = {
    name: cut(name, nameCharacters, room) || "Error",
    message: cut(message, messageCharacters, room),
    stack: typeof stack === "string" ? cut(stack, stackCharacters, room) : null,
  };
  return {
    ...own,
    cause: mayHold(cause) ? bounded(cause, depth - 1, room) : null,
    errors: (Array.isArray(errors) ? errors : []).flatMap((each: unknown) =>
      mayHold(each) ? [bounded(each, depth - 1, room)] : [],
    ),
  };
}

function cut(text: unknown, characters: number, room: Room): string {
  const kept = typeof text === "string" ? text.slice(0, Math.min(characters, room.characters)) : "";
  room.characters -= kept.length;
  return kept.toWellFormed();
}

function changeThrown(thrown: ThrownError, change: (text: string) => string): ThrownError {
  const { name, message, stack, cause, errors } = thrown;
  return {
    name: change(name),
    message: change(message),
    stack: stack === null ? null : change(stack),
    cause: cause === null ? null : changeThrown(cause, change),
    errors: errors.map((each) => changeThrown(each, change)),
  };
}

function thrownCharacters({ name, message, stack, cause, errors }: ThrownError): number {
  const own = name.length + message.length + (stack?.length ?? 0);
  const related = [...(cause === null ? [] : [cause]), ...errors];
  return related.reduce((sum, each) => sum + thrownCharacters(each), own);
}
