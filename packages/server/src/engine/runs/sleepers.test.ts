import { describeSleepers } from "../../testing/describe-sleepers.ts";

describeSleepers(2_000);
