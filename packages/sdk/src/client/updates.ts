import type {
  Contract,
  UpdateInputOf,
  UpdateOutputOf,
  UpdateTypes,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { writeJson } from "@flawless-ts/wasm-module/internal/client-values";
import type { WorkflowConnection } from "../connection/connection.ts";
import { UpdateRejectedError } from "../errors/update-rejected.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { checkedText } from "../options/checks.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";
import { checkKey } from "./idempotency-key.ts";
import { inCall } from "./in-call.ts";
import { readReply } from "./read-written.ts";

/** Options of `update`. */
export interface UpdateOptions extends CallOptions {
  /** Another request with the same key is the same update. 1 to 255 visible ASCII characters. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
}

const updateOptionNames = optionNames<UpdateOptions>({
  signal: true,
  timeoutMs: true,
  idempotencyKey: true,
});

/** See `WorkflowHandle.update`. */
export async function update<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
>(
  connection: WorkflowConnection,
  binding: WorkflowBinding<C, W>,
  id: string,
  type: U,
  data: UpdateInputOf<C, W, U>,
  options: UpdateOptions,
): Promise<UpdateOutputOf<C, W, U>> {
  checkedText("type", type);
  refuseUnknownOptions(options, updateOptionNames);
  const { idempotencyKey: key = crypto.randomUUID(), timeoutMs = Infinity, signal } = options;
  checkKey(key);
  return await inCall(
    connection,
    [
      `Waiting for the answer of ${id} to the update "${type}"`,
      { signal, timeoutMs },
      "unlimited",
      "The workflow may answer it all the same. Ask again with the same `idempotencyKey`.",
    ],
    async (scope) => {
      const checked = await byContract(binding, data, (checks, contract, name) =>
        checks.updateToSend(contract, name, type, data, id),
      );
      const json = writeJson(checked, `The update "${type}"`);
      const answer = await connection.update(id, { key, type, data: json }, scope);
      if ("error" in answer) throw new UpdateRejectedError(id, type, answer.error);
      return await readReply(binding, id, type, answer.value, connection.url);
    },
  );
}
