/** How many members a set of bits has. */
export function bitsIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Its members, ascending. */
export function* membersOf(bits: number): Generator<number> {
  for (let rest = bits; rest !== 0; rest &= rest - 1) yield 31 - Math.clz32(rest & -rest);
}
