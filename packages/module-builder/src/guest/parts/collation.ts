import { Collator, localeCompare } from "../collation/collator.ts";
import { shared } from "../shared.ts";

/** Globals that come from this part. */
export interface CollationGlobals {
  /** What there is of it. */
  readonly Intl: { readonly Collator: typeof Collator };
}

/** The order of texts. */
export interface CollationPart extends CollationGlobals {
  readonly localeCompare: typeof localeCompare;
}

/** Also without `new`, as the standard has it. */
const callable = new Proxy(Collator, {
  apply: (target, _this, [locales, options]: ConstructorParameters<typeof Collator>) =>
    new target(locales, options),
});

shared.publish("collation", { Intl: { Collator: callable }, localeCompare });
