// Trusted Types: the only place where text becomes markup. What htmx swaps in comes from this site alone
// (connect-src 'self', mode same-origin) and is escaped by the server's templates. Scripts never come that way.
const refuse = () => {
  throw new TypeError("scripts are not made from text here");
};

const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("mingjing", { createHTML: (html) => html, createScript: refuse })
  : { createHTML: (html) => html, createScript: refuse };

/** Gives htmx our policy, and constructors that refuse: no attribute of ours holds a script. */
export function guard(htmx) {
  htmx.registerExtension("mingjing-trusted", {
    init(api) {
      api.initSecurity(policy, refuse, refuse);
    },
  });
}
