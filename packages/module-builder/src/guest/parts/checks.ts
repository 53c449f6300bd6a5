import { checkAtOnce, refuse } from "../checks/contract.ts";
import { secret } from "../checks/secret.ts";
import { shared } from "../shared.ts";

/** What is looked at before it is handed on. */
export interface ChecksPart {
  readonly checkAtOnce: typeof checkAtOnce;
  readonly refuse: typeof refuse;
  readonly secret: typeof secret;
}

shared.publish("checks", { checkAtOnce, refuse, secret });
