import { testLoopbackOnly } from "@flawless-ts/test-helpers";

testLoopbackOnly(import.meta.dirname);
