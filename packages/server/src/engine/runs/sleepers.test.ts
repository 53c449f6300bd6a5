import { describeSleepers } from "./describe-sleepers.ts";

describeSleepers(2_000);
