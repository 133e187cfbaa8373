/** Every upper bound on what comes from outside, or on what it makes us do at once. */
export const limits = {
  /** Content up to this stays in the object's row; larger content goes into blobs. */
  inlineBytes: 256 * 1024,
  /** Rows in one page of a list of members. */
  pageRows: 500,
  /** Content in one page of objects: a server refuses results above 10 MB. */
  pageBytes: 8 * 1024 * 1024,
  /** What is written to a blob in one round trip. */
  blobBatchBytes: 2 * 1024 * 1024,
  /** CALDAV:max-resource-size (RFC 4791 §5.2.5): a calendar object resource. */
  calendarObjectBytes: 10 * 1024 * 1024,
  /** Members that one answer to sync-collection holds where the client sets no limit. */
  syncMembers: 5_000,
  /** Elements of an XML body that are open at once; requests of the RFCs need less than 12. */
  xmlDepth: 100,
  /** Elements of an XML body: a multiget of 10,000 members, ten times. One takes some 300 bytes. */
  xmlElements: 100_000,
};
