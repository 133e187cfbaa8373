/** Every upper bound on what comes from outside, or on what it makes us do at once. */
export const limits = {
  /** A body that the answer did not need is read up to this: it may have been sent already. */
  unreadBytes: 64 * 1024,
  /** Content up to this stays in the object's row; larger content goes into blobs. */
  inlineBytes: 256 * 1024,
  /** Rows in one page of a list of members. */
  pageRows: 500,
  /** Content in one page of objects: a server refuses results above 10 MB. */
  pageBytes: 8 * 1024 * 1024,
  /** Every chunk of a blob but its last has this size: larger rows slow a server down. */
  chunkBytes: 256 * 1024,
  /** What an answer tells more than once of attachments, as in each instance that it expands. */
  repeatedBytes: 10 * 1024 * 1024,
  /** What is written to a blob, or read from one, in one round trip. */
  blobBatchBytes: 2 * 1024 * 1024,
  /** What a commit writes of text and bytes; with more, nobody waits for the disk with it. */
  commitChars: 1024 * 1024,
  /** Of blobs that nothing refers to, so much is removed at once: it takes some 20 ms. */
  removedBytes: 16 * 1024 * 1024,
  /**
   * CALDAV:max-resource-size (RFC 4791 §5.2.5): a calendar object resource, whose attachments are kept
   * apart; less than 2 GiB, as programs read the number into 32 bits.
   */
  calendarObjectBytes: 2000 * 1024 * 1024,
  /** What `davit doctor` sends to see whether a proxy lets large bodies through. */
  probedBytes: 10 * 1024 * 1024,
  /**
   * Members that one answer to sync-collection holds where the client sets no limit: twice those
   * that a calendar is meant for, as not all clients go on where an answer was cut.
   */
  syncMembers: 20_000,
  /** The XML body of a request: a multiget of 10,000 members, or of 5,000 with long names. */
  xmlBytes: 1024 * 1024,
  /** Members of a collection that one COPY takes; each is several rows of one commit. */
  copyMembers: 5_000,
  /** Members that PROPFIND with Depth: infinity tells of. */
  infinityMembers: 5_000,
  /** A file; the most that a client may PUT to a collection of files. */
  fileBytes: 4 * 1024 * 1024 * 1024,
  /** CALDAV:max-attachment-size (RFC 8607 §6.2): a file that a client attaches to an object. */
  attachmentBytes: 1024 * 1024 * 1024,
  /** CALDAV:max-attachments-per-resource (RFC 8607 §6.3): each is a line of the object, and a row. */
  attachmentsPerResource: 100,
  /** Programs that choke on large events are told one up to this size as it is. */
  linkedObjectBytes: 8 * 1024,
  /** Of a file that is attached: it is a segment of its URL, and stands in each ATTACH property. */
  fileNameChars: 200,
  /** How long a lock holds without a refresh. */
  lockSeconds: 24 * 60 * 60,
  /** Locks of one home. */
  locks: 1_000,
  /** Hrefs of one multiget: all the members that a calendar is meant for. */
  multigetHrefs: 10_000,
  /** Elements of an XML body that are open at once; requests of the RFCs need less than 12. */
  xmlDepth: 100,
  /**
   * Tags, attributes, comments and references of an XML body: a multiget of 10,000 members. Each
   * takes some µs, and some hundred bytes.
   */
  xmlNodes: 25_000,
  /** Properties that one request asks for or sets, or that clients set on one resource. */
  properties: 250,
  /** All that clients set on one resource: every answer to DAV:allprop tells it. */
  propertyChars: 512 * 1024,
  /** DAV:owner of a lock, in characters: every PROPFIND tells it for each lock. */
  lockOwnerChars: 4_096,
  /** Attributes of one XML element; few programs write more than 10. */
  xmlAttributes: 100,
  /** Segments of a path: folders may lie so deep in each other. */
  pathSegments: 100,
  /** A segment of a path, decoded; some programs make it of a UID. */
  segmentChars: 2_048,
  /** Code points of a principal's name. */
  principalNameChars: 64,
  /** A mail address in UTF-8 (RFC 5321 §4.5.3.1.3, less the angle brackets). */
  mailAddressBytes: 254,
  /** A password: beyond this nobody types or keeps one. */
  passwordChars: 1024,
  /** Memory, times passes, of checking a password: what the highest `passwordCost`, 20, takes. */
  passwordHashBytes: 1024 * 1024 * 1024,
  /** Checks of passwords: 32 MiB and a thread each at the default cost, and those that wait. */
  passwordChecks: { atOnce: 4, waiting: 256 },
  /** Writes of one UID wait for each other; beyond this the server is overloaded. */
  writes: { atOnce: 256, waiting: 4096 },
  /** Log-ins that were right and are remembered, some 300 bytes each. */
  verifiedLogins: 10_000,
  /** A calendar object as jCal, which is read in one go: in some 70 ms. */
  jcalBytes: 512 * 1024,
  /** Content lines of one calendar object, those of 5,000 overrides; each takes a few µs. */
  icalLines: 50_000,
  /** Lines of one calendar object as they are folded: of its skeleton in lines of 75 octets, five times. */
  icalFoldedLines: 300_000,
  /** Components of one calendar object, alarms and all: 5,000 overrides with an alarm or two each. */
  icalComponents: 20_000,
  /** Components of a calendar object that are open at once; the RFCs need 4. */
  icalDepth: 16,
  /** Parameters of one content line; ical.js' time grows with their number times the line's length. */
  icalParameters: 100,
  /** Values of all parameters of one calendar object: 5,000 overrides with five attendees each. */
  icalParameterValues: 100_000,
  /** Text of all parameters; Thunderbird puts a whole page of HTML into ALTREP. */
  icalParameterCharacters: 2 * 1024 * 1024,
  /** Backslashes in all values, a page of text has a hundred; whoever reads one takes some 100 ns. */
  icalEscapes: 150_000,
  /** Values in all lists (EXDATE, CATEGORIES, RRULE …) of one calendar object. */
  icalListValues: 20_000,
  /** A recurrence rule: one with all days of a year, both ways, has some 3,300. */
  icalRuleCharacters: 4_096,
  /**
   * A BINARY or data: value of a large calendar object, in octets with folds and line end: a longer
   * one is kept in a blob of its own, and everything else is the skeleton.
   */
  icalValueBytes: 4 * 1024,
  /** Values of one calendar object that are kept in blobs. */
  icalLargeValues: 10_000,
  /** One content line of text, in octets with its folds: filters look into it. */
  icalTextBytes: 1024 * 1024,
  /**
   * A calendar object without its large values: 5,000 overrides. It is a row, and all of it is in
   * memory while anything looks at it; a server refuses results above 10 MB.
   */
  icalSkeletonBytes: 4 * 1024 * 1024,
  /** The name of a property or component. */
  icalNameCharacters: 255,
  /** A calendar user address; URLs of principals may be long. */
  icalAddressCharacters: 1_024,
  /** A UID; RFC 7986 §5.3 asks for less than 256, Exchange makes some hundreds. */
  icalUidCharacters: 1_024,
  /** CALDAV:max-attendees-per-instance (RFC 4791 §5.2.9). */
  icalAttendeesPerInstance: 1_000,
  /** Different participants in all instances of one calendar object; each is a row. */
  icalParticipants: 10_000,
  /** CALDAV:max-instances (RFC 4791 §5.2.8), of those written out: overrides and RDATEs. */
  icalInstances: 5_000,
  /** Instances of one calendar object that CALDAV:expand tells; an hourly one has 8,760 in a year. */
  expandedInstances: 10_000,
  /** Text of all the instances that one answer tells: some 80,000 of them. */
  expandedCharacters: 32 * 1024 * 1024,
  /**
   * CALDAV:min-date-time and CALDAV:max-date-time (RFC 4791 §5.2.6, §5.2.7): all that four digits
   * can say. BusyCal writes the year 0, and a refused event is lost to its author.
   */
  icalDateTimeMin: "00000101T000000Z",
  icalDateTimeMax: "99991231T235959Z",
  /** Different VTIMEZONEs that are worked out once for all objects that have them, and their size. */
  zoneDefinitions: { kept: 200, characters: 10_000 },
  /**
   * Names of one zone whose definitions are compared by what their clocks show, where objects are
   * joined; behind these, the same text alone is the same zone.
   */
  zoneVariants: 8,
  /** Times for which it is kept whether two zones show the same, of each two: some 100 bytes each. */
  zoneLikenesses: 200,
  /**
   * Of a VTIMEZONE: its observances, their dates, and the rules that hold at one time. Those of the
   * IANA database with all of the past have fewer than 100, and two rules at a time.
   */
  zoneObservances: 200,
  zoneDates: 1_000,
  zoneRules: 4,
  /** Stretches of 28 days whose offsets are kept for each zone: 157 years, at most 200 KB. */
  zoneStretches: 2_048,
  /** A compiled recurrence: with a longer one, the index costs more than reading the text. */
  compiledCharacters: 500,
  /** Steps of one recurrence, some 50 ns each: what a rule makes us look at in one answer. */
  recurrenceSteps: 200_000,
  /** Of all recurrences in one answer: some second. A usual object takes less than a hundred. */
  recurrenceStepsOfAnswer: 20_000_000,
  /** Filters, one in another or beside it, of a calendar-query; clients send fewer than ten. */
  queryFilters: 100,
  /** Objects that an answer to calendar-query tells of: five times what a calendar is meant for. */
  queryMatches: 50_000,
  /** Properties or words that one search for principals looks for. */
  searchTerms: 50,
  /** Principals that the answer to one search tells of, some 500 bytes each. */
  principalMatches: 5_000,
  /** Levels of DAV:expand-property one in another, each a round trip; clients send two. */
  expandLevels: 8,
  /** Resources that one answer to DAV:expand-property tells of, the same one as often as it is told. */
  expandedResources: 1_000,
  /** Properties of all of them, some 20 µs each. */
  expandedProperties: 20_000,
  /** Busy periods of one type in an answer to free-busy-query: those of ten years or more. */
  busyPeriods: 20_000,
  /**
   * Steps of recurrences that free/busy takes at a time; for one object, so that all the seconds of a
   * month are told; and for all objects of an answer: some three seconds, in which others are answered.
   */
  busySteps: { part: 10_000, object: 8_000_000, answer: 64_000_000 },
  /** Time indexes that one upkeep makes anew, and of those in one commit; 0.1 ms of work each. */
  renewedObjects: 10_000,
  renewedAtOnce: 250,
  /** Proxies one behind the other, of those that a request says it came by; the last ones count. */
  forwardedHops: 50,
  /** A name for people, of a principal or an app password, that is to fit on a line. */
  shownTextChars: 250,
  /** Of what a client may make up at any length, a path or a method, in the log. */
  loggedCharacters: 500,
  /** Processes that share a port; each has a connection to the database and some 100 MB. */
  workers: 64,
  /** Calendar objects that an import writes in one commit, while which others wait. */
  importObjects: 250,
};
