/** `urn:ietf:params:tzdist:error:` and this (RFC 7808 §5), with status and a sentence for people. */
const problems = {
  "invalid-action": [400, "There is no such action; see capabilities."],
  "invalid-changedsince": [400, "changedsince must be one synctoken from here, and stand alone."],
  "invalid-pattern": [400, "A pattern has a name, and * at its ends alone."],
  "invalid-start": [400, "start must be a time in UTC; nothing is truncated."],
  "invalid-end": [400, "end must be a time in UTC behind start; nothing is truncated."],
  "tzid-not-found": [404, "There is no such time zone."],
} as const;

export type ProblemName = keyof typeof problems;

/** The answer to what can't be done (RFC 7807). */
export function problem(name: ProblemName): Response {
  const [status, title] = problems[name];
  const type = `urn:ietf:params:tzdist:error:${name}`;
  return new Response(JSON.stringify({ type, title, status }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}
