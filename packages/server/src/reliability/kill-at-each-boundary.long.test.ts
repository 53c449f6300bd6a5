import { allKills, describeKills } from "./describe-kills.ts";

describeKills(allKills);
