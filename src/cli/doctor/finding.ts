export type Topic =
  | "settings"
  | "database"
  | "folders"
  | "clock"
  | "discovery"
  | "tls"
  | "proxy"
  | "log-in";

export type Level = "ok" | "warning" | "problem";

/** One thing that was looked at. */
export interface Finding {
  readonly topic: Topic;
  readonly level: Level;
  /** For people; one line. */
  readonly says: string;
  /** The lines that mend it: settings, commands or records; none where all is well. */
  readonly mend: readonly string[];
}

/** A warning or a problem is never without what mends it. */
export type Mend = readonly [first: string, ...others: readonly string[]];

/** Findings of one topic. */
export const about = (topic: Topic) => ({
  ok: (says: string): Finding => ({ topic, level: "ok", says, mend: [] }),
  warning: (says: string, ...mend: Mend): Finding => ({ topic, level: "warning", says, mend }),
  problem: (says: string, ...mend: Mend): Finding => ({ topic, level: "problem", says, mend }),
});

/** A finding in lines for people. */
export const linesOf = ({ topic, level, says, mend }: Finding): string =>
  [`${level.padEnd(8)} ${topic.padEnd(10)} ${says}`, ...mend.map((line) => `${indent}${line}`)]
    .map((line) => `${line}\n`).join("");

const indent = `${" ".repeat(20)}→ `;
