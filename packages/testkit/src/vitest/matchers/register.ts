import { expect } from "vitest";
import { toComplete } from "./to-complete.ts";
import { toFailWith } from "./to-fail-with.ts";
import { toHaveRequested } from "./to-have-requested.ts";
import { toRespondWith } from "./to-respond-with.ts";

expect.extend({ toRespondWith, toComplete, toFailWith, toHaveRequested });
