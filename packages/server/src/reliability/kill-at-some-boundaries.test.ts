import { describeKills } from "./describe-kills.ts";

// An idempotent request, a non-idempotent one, and steps before, between and after them.
describeKills({ paths: ["/read", "/effect-2"], steps: [1, 9, 12] });
