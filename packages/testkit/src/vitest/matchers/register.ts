import { expect } from "vitest";
import { toComplete, toFailWith } from "./ends.ts";
import { toHaveRequested } from "./to-have-requested.ts";
import { toHaveRunActivity } from "./to-have-run-activity.ts";
import { toRespondWith } from "./to-respond-with.ts";

expect.extend({ toRespondWith, toComplete, toFailWith, toHaveRequested, toHaveRunActivity });
