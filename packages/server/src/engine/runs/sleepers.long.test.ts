import { describeSleepers } from "./describe-sleepers.ts";

describeSleepers(20_000);
