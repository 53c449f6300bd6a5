import { expect, test } from "vitest";
import { reasonOf } from "./native-failure.ts";

// In the wording of the original library, @number0/iroh 1.1.0.
test.each([
  [
    "ConnectError::Connecting (/root/iroh/src/endpoint.rs:711:22)\nCaused by:\n    ConnectingError::ConnectionError\n    timed out\nStack backtrace:\n   0: main",
    "timed out",
  ],
  [
    "ConnectError::Connecting: ConnectingError::ConnectionError: the cryptographic handshake failed: error 48: invalid peer certificate: UnknownIssuer",
    "another endpoint answers at its addresses, with another key than the ticket's",
  ],
  [
    "aborted by peer: the cryptographic handshake failed: error 120: peer doesn't support any known protocol",
    "the endpoint does not offer it",
  ],
  ["connection lost", "connection lost"],
])("%j is explained in words", (message, reason) => {
  expect(reasonOf(new Error(message))).toBe(reason);
});
