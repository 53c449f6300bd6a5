import type { FailureKind, Leaf } from "./connection-failure.ts";

/** How to recognize errors of a kind. */
interface Signs {
  readonly codes: RegExp;
  /** The texts of platforms without codes. */
  readonly texts?: RegExp;
}

// Codes of Node's net, dns and tls modules, of OpenSSL, of undici (`UND_`), of its parser (`HPE_`), and of the client's own
// `FetchSender`. Bun has Node's codes; the texts are Deno's, as of 2.9, and workerd's. Other platforms' `fetch` says
// almost nothing.
const kinds: readonly (Signs & FailureKind)[] = [
  {
    codes: /^ECONNREFUSED$/,
    texts: /client error \(Connect\): .*Connection refused/,
    passing: true,
    neverSent: true,
    advice: "Nothing is listening there. Is the server running (`COMMAND`), and is the port right?",
  },
  {
    codes: /^(ENOTFOUND|EAI_NODATA|EAI_NONAME)$/,
    texts: /client error \(Connect\): dns error/,
    passing: false,
    neverSent: true,
    advice: "The host's name is unknown. Is it spelled right?",
  },
  {
    codes: /^EAI_AGAIN$/,
    passing: true,
    neverSent: true,
    advice: "The name server does not answer. Is the network up?",
  },
  {
    codes: /^(UND_ERR_CONNECT_TIMEOUT)$/,
    texts: /client error \(Connect\)/,
    passing: true,
    neverSent: true,
    advice: "Are host and port right, and does a firewall let them through?",
  },
  {
    codes: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$/,
    passing: true,
    advice: "Are host and port right, and does a firewall let them through?",
  },
  {
    codes: /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    passing: false,
    neverSent: true,
    advice:
      "TLS failed. Is the certificate valid for this host, and does the server speak https at all?",
  },
  {
    codes: /^HPE_/,
    passing: false,
    advice: "What answers there does not speak HTTP (or only https). Is the port right?",
  },
  {
    codes: /^UND_ERR_(DESTROYED|CLOSED)$/,
    passing: false,
    neverSent: true,
    advice: "The dispatcher that was passed as an option is closed.",
  },
];

const breaks: Signs = {
  codes:
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
  texts:
    /client error \(SendRequest\)|error reading a body from connection|^Network connection lost/,
};

/**
 * Explains errors of Node, Bun, Deno or workerd. It is loaded on the first error.
 *
 * @param broken the kind of a connection that broke.
 */
export function findFailureKind(
  leaves: readonly Leaf[],
  broken: FailureKind,
): FailureKind | undefined {
  return [...kinds, { ...breaks, ...broken }].find((each) =>
    leaves.some((leaf) => isOfKind(each, leaf)),
  );
}

function isOfKind({ codes, texts }: Signs, { code, message }: Leaf): boolean {
  return code === "" ? texts?.test(message) === true : codes.test(code);
}
