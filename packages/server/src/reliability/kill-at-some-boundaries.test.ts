import { describeKills } from "./describe-kills.ts";

// An idempotent request, one that is not, and steps before, between and after these.
describeKills({ paths: ["/read", "/effect-2"], steps: [1, 9, 12] });
