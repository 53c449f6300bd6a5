import { checkAtOnce, refuse } from "../checks/contract.ts";
import { secret } from "../checks/secret.ts";
import { shared } from "../shared.ts";

/** Checks of values before they are passed on. */
export interface ChecksPart {
  readonly checkAtOnce: typeof checkAtOnce;
  readonly refuse: typeof refuse;
  readonly secret: typeof secret;
}

shared.publish("checks", { checkAtOnce, refuse, secret });
