import { Collator, localeCompare } from "../collation/collator.ts";
import { shared } from "../shared.ts";

/** Globals that come from this part. */
export interface CollationGlobals {
  /** The part of `Intl` that exists. */
  readonly Intl: { readonly Collator: typeof Collator };
}

/** The order of strings. */
export interface CollationPart extends CollationGlobals {
  readonly localeCompare: typeof localeCompare;
}

/** May be called without `new`, as in the standard. */
const callable = new Proxy(Collator, {
  apply: (target, _this, [locales, options]: ConstructorParameters<typeof Collator>) =>
    new target(locales, options),
});

shared.publish("collation", { Intl: { Collator: callable }, localeCompare });
