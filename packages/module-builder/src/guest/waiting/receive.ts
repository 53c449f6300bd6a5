import type { ReceiveOptions } from "@flawless-ts/wasm-module";
import { messageTypes } from "../arguments.ts";
import type { RunningWorkflow } from "../running-workflow.ts";
import { shared } from "../shared.ts";
import type { HostMessage } from "../waits.ts";
import { waitForMessage } from "./receivers.ts";

/** Waits for a message of one type, and returns its data; or of one of several types. */
export function receive(
  running: RunningWorkflow,
  asked: string | readonly string[],
  options: ReceiveOptions | undefined,
): Promise<unknown> {
  const types = messageTypes(asked);
  const { timeout, signal } = options ?? {};
  const milliseconds = timeout === undefined ? undefined : shared.parseDuration(timeout);
  const { messages = {}, updates = {} } = running.contract;
  const isUpdate = (type: string): boolean => Object.hasOwn(updates, type);
  return shared.operation((settle) => {
    const received = ({ type, data, update }: HostMessage): void => {
      if (isUpdate(type)) {
        shared
          .part("extensions")
          .receivedUpdate(running, type, data, update)
          // If it violates its schema, the sender has been told.
          .then((given) => {
            if (given === undefined) shared.resumeWaiting(wait);
            else settle.resolve(given);
          }, settle.reject);
        return;
      }
      const give = (value: unknown): unknown =>
        typeof asked === "string" ? value : { type, data: value };
      const schema = messages[type];
      settle.resolve(
        schema === undefined
          ? give(data)
          : shared.checked(running, schema, data, "message", type).then(give),
      );
    };
    const wait = waitForMessage(
      types,
      milliseconds,
      received,
      () => settle.resolve(undefined),
      types.some(isUpdate),
    );
    return shared.waitOperation(wait);
  }, signal);
}
