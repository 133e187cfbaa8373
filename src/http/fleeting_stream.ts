/**
 * A stream of chunks that nobody keeps: whoever sends them may give their memory back. A chunk that
 * is a part of a larger buffer stays.
 */
export class FleetingStream extends ReadableStream<Uint8Array> {}
