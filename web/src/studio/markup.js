// Trusted Types: the editor's library writes markup as text and cannot name our policy, so this page has a default one.
// It passes what cannot run: no script, no frame, no handler, no address that is a script. It makes no script.

const FORBIDDEN = /^(script|iframe|frame|object|embed|link|meta|base|form|style|portal)$/i;

/** Why this markup is not taken; null where it is. Only tags count: words may say anything. */
export function objection(markup) {
  for (const [tag, name] of markup.matchAll(/<\/?\s*([a-z][^\s/>]*)[^>]*>?/gi)) {
    if (FORBIDDEN.test(name.replace(/^svg:/i, ""))) return `<${name}>`;
    if (/[\s"'/]on[a-z]+\s*=/i.test(tag)) return "on…=";
    if (/(href|src|action|formaction|xlink:href)\s*=\s*["']?\s*(javascript|data:text|vbscript)/i.test(tag)) return "javascript:";
    if (/\ssrcdoc\s*=/i.test(tag)) return "srcdoc";
  }
  return null;
}

/** Installs the policy; where the browser knows no Trusted Types there is nothing to install. */
export function allowMarkup() {
  window.trustedTypes?.createPolicy("default", {
    createHTML: (markup) => {
      const why = objection(markup);
      if (why) throw new TypeError(`markup with ${why} is not taken here`);
      return markup;
    },
  });
}
