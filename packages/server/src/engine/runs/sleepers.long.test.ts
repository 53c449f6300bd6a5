import { describeSleepers } from "../../testing/describe-sleepers.ts";

describeSleepers(20_000);
